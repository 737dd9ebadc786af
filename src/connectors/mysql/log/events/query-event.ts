import { inflateSync } from 'node:zlib';
import { type SqlMode, USUAL } from '../statements/sql-tokens.ts';

/** A statement, and what its session had set. */
export interface LoggedQuery {
  readonly database: string;
  /** As if it were in UTF-8; see `sessionText`. */
  readonly text: string;
  /** As its session sent it. */
  readonly bytes: Buffer;
  /** Number of the session's collation for what it sends; undefined where the server does not say. */
  readonly collation: number | undefined;
  readonly mode: SqlMode;
  /** Databases whose tables it changed, whichever it names; undefined where the server does not say, or not all. */
  readonly changed: readonly string[] | undefined;
}

const FIXED_BYTES = 13;
/** Of an event that loads a file: which, and where the statement names it. */
const LOAD_BYTES = 13;

/** `loads`: of an event that loads a file. `compressed`: of one that has the statement compressed. */
export function loggedQuery(body: Buffer, { loads = false, compressed = false } = {}): LoggedQuery {
  const databaseBytes = body[8] as number;
  const settingsAt = FIXED_BYTES + (loads ? LOAD_BYTES : 0);
  const databaseAt = settingsAt + body.readUInt16LE(11);
  const settings = settingsIn(body.subarray(settingsAt, databaseAt));
  const database = body.toString('utf8', databaseAt, databaseAt + databaseBytes);
  const statement = body.subarray(databaseAt + databaseBytes + 1);
  const bytes = compressed ? inflateSync(statement.subarray(1 + ((statement[0] as number) & LENGTH_BYTES))) : statement;
  return { database, text: bytes.toString(), bytes, ...settings };
}

/** In the first byte of what MariaDB has compressed: of how many bytes the length is that follows it. */
const LENGTH_BYTES = 0x07;

/** Bytes of what follows each code of a setting; a function of those that follow it where that differs. */
const LENGTHS: Readonly<Record<number, number | ((rest: Buffer) => number)>> = {
  ...{ 0: 4, 1: 8, 3: 4, 4: 6, 7: 2, 8: 2, 9: 8, 10: 4, 13: 3 },
  2: (rest) => (rest[0] as number) + 2,
  5: (rest) => (rest[0] as number) + 1,
  6: (rest) => (rest[0] as number) + 1,
  11: (rest) => 2 + (rest[0] as number) + (rest[1 + (rest[0] as number)] as number),
};
const SQL_MODE = 1;
const CHARSETS = 4;
const ANSI_QUOTES = 0x4;
const NO_BACKSLASH_ESCAPES = 0x100000;
const CHANGED_DATABASES = 12;
/** Instead of a number: there were more of them. */
const TOO_MANY = 254;

function settingsIn(settings: Buffer): Pick<LoggedQuery, 'mode' | 'changed' | 'collation'> {
  let mode = USUAL;
  let collation: number | undefined;
  for (let at = 0; at < settings.length; ) {
    const code = settings[at] as number;
    const rest = settings.subarray(at + 1);
    if (code === SQL_MODE) {
      const bits = rest.readUInt32LE(0);
      mode = { ansiQuotes: (bits & ANSI_QUOTES) !== 0, backslashEscapes: (bits & NO_BACKSLASH_ESCAPES) === 0 };
    }
    if (code === CHARSETS) collation = rest.readUInt16LE(0);
    if (code === CHANGED_DATABASES)
      return { mode, collation, changed: rest[0] === TOO_MANY ? undefined : namesIn(rest.subarray(1), rest[0] as number) };
    const length = LENGTHS[code];
    if (length === undefined) break;
    at += 1 + (typeof length === 'number' ? length : length(rest));
  }
  return { mode, collation, changed: undefined };
}

/** Each ends with a zero. */
const namesIn = (bytes: Buffer, count: number): string[] => bytes.toString('utf8').split('\0').slice(0, count);
