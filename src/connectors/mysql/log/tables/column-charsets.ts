import type { TableMapEvent } from '@vlasky/zongji';
import type { ServerCharsets } from '../../values/charsets/server-charsets.ts';
import type { Packet } from '../events/event.ts';

/** Of a column; `name` null: it has none, undefined: the server has no such collation. */
export interface ColumnCharset {
  readonly name: string | null | undefined;
  readonly collation?: number;
}

export interface CharsetSource {
  readonly charsets: ServerCharsets;
  readonly isMariadb: boolean;
  /** What the event was read from. */
  readonly packet: Packet | undefined;
}

/** The collation of bytes. */
const BINARY = 63;

/** Character sets of a table's columns, loaded. `now`: of the columns as they are now, for a log that does not say it. */
export async function columnCharsets(
  event: TableMapEvent,
  now: ReadonlyArray<string | null>,
  { charsets, isMariadb, packet }: CharsetSource,
): Promise<ColumnCharset[]> {
  const collations = event.hasSelfDescribingMetadata() ? columnCollations(event, isMariadb, packet) : undefined;
  const known = collations === undefined ? undefined : await charsets.collations();
  const found = now.map((name, index): ColumnCharset => {
    const collation = collations?.[index];
    if (known === undefined) return { name };
    return collation === undefined || collation === BINARY ? { name: null } : { name: known.get(collation), collation };
  });
  await charsets.load(found.flatMap(({ name }) => name ?? []));
  return found;
}

/** What the reader has of a table's description in the log and does not show. */
interface Hidden {
  /** Of columns of texts, of enums and of sets, by index. */
  readonly _columnCharsetIds?: ReadonlyArray<number | undefined>;
  /** Members of enums and sets, in the column's own character set. */
  readonly _enumSetValues?: ReadonlyArray<readonly Buffer[] | undefined>;
}

const hidden = (event: TableMapEvent): Hidden => event as TableMapEvent & Hidden;

/** Members of an enum or a set as the log has them; undefined where it has none. */
export const loggedValues = (event: TableMapEvent, index: number): readonly Buffer[] | undefined => hidden(event)._enumSetValues?.[index];

const GEOMETRY = 255;
/** What the reader takes for texts: CHAR, VARCHAR and TEXT, and what is compressed of these. */
const TEXTS = new Set([15, 253, 254, 249, 250, 251, 252, 140, 141]);

/**
 * Numbers of the collations of a table's columns, by index; undefined of columns that have none. `packet`: what the event was read from.
 * MariaDB counts a geometry as a text, and the reader does not.
 */
function columnCollations(event: TableMapEvent, isMariadb: boolean, packet: Packet | undefined): ReadonlyArray<number | undefined> {
  const { _columnCharsetIds: known = [] } = hidden(event);
  if (!isMariadb || packet === undefined || !event.columnTypes.includes(GEOMETRY)) return known;
  const types = event.columnTypes.map((code, index) => event.columnsMetadata[index]?.type ?? code);
  const texts = [...types.entries()].filter(([, type]) => TEXTS.has(type as number) || type === GEOMETRY).map(([index]) => index);
  const collations = [...known];
  const logged = textCollations(packet, types.length);
  for (const [at, index] of texts.entries()) collations[index] = logged(at);
  return collations;
}

const CHAR = 254;
const VARCHAR = new Set([15, 141, 253]);

/** The type of a column of texts or bytes, by its own collation: the reader may have taken another's. Undefined of any other column. */
export function textOrBytes({ columnTypes, columnsMetadata }: TableMapEvent, index: number, isBytes: boolean): string | undefined {
  const code = columnTypes[index] as number;
  if (!TEXTS.has(code)) return undefined;
  if (code === CHAR) return isBytes ? `binary(${columnsMetadata[index]?.max_length})` : 'char';
  if (VARCHAR.has(code)) return isBytes ? 'varbinary' : 'varchar';
  return isBytes ? 'blob' : 'text';
}

const BODY_AT = 20;
const NUMBER_AND_FLAGS = 8;
const DEFAULT_CHARSET = 2;
const COLUMN_CHARSET = 3;

/** Reads the collations of texts from a table's description: by their place among the texts. */
function textCollations({ buffer, offset, end }: Packet, columns: number): (place: number) => number | undefined {
  let at = offset + BODY_AT + NUMBER_AND_FLAGS;
  const number = (): number => {
    const first = buffer[at] as number;
    const length = first < 0xfb ? 0 : first === 0xfc ? 2 : 3;
    const value = length === 0 ? first : buffer.readUIntLE(at + 1, length);
    at += 1 + length;
    return value;
  };
  // Names end with a zero byte.
  for (let name = 0; name < 2; name += 1) at += 2 + (buffer[at] as number);
  const skipCounted = (): void => {
    const length = number();
    at += length;
  };
  // Types, and what belongs to them.
  skipCounted();
  skipCounted();
  at += Math.ceil(columns / 8);
  while (at < end) {
    const field = buffer[at] as number;
    at += 1;
    const length = number();
    const fieldEnd = at + length;
    const numbers: number[] = [];
    if (field === DEFAULT_CHARSET || field === COLUMN_CHARSET) while (at < fieldEnd) numbers.push(number());
    if (field === COLUMN_CHARSET) return (place) => numbers[place];
    if (field === DEFAULT_CHARSET) {
      const [others, ...pairs] = numbers;
      const own = new Map(pairs.flatMap((place, index) => (index % 2 === 0 ? [[place, pairs[index + 1]] as const] : [])));
      return (place) => own.get(place) ?? others;
    }
    at = fieldEnd;
  }
  return () => undefined;
}
