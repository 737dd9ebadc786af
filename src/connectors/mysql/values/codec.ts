import { ConnectError } from '../../../api/index.ts';
import type { ColumnType } from '../tables/table.ts';
import type { ToUtf8 } from './charsets/unicode.ts';
import { jsonBinaryText } from './json-binary.ts';
import { type Json, textJson } from './json-bytes.ts';
import { datetimeFromLog, daysOf, epochOf, timeFromLog, timeFromOldLog, timeFromText, timestampFromLog, timeText } from './temporal.ts';

/**
 * How a column's values become JSON, whichever way they were read: the same value is the same JSON. Never called with NULL.
 *
 * from the log   what the reader gives for the form that `rawForm` of `log/tables` asks of it
 * from a query   bytes of the text protocol, of a session with `utf8mb4` and the time zone `+00:00`; a FLOAT as `column + 0e0`
 */
export interface Codec {
  fromLog(value: unknown): Json;
  fromQuery(bytes: Buffer): Json;
}

/** How dates and times are written: as Debezium's numbers, or as MySQL's own texts. */
export type TemporalStyle = 'numbers' | 'texts';

/** `toUtf8`: of a text's character set; only `fromLog` needs it. */
export function codecOf(type: ColumnType, style: TemporalStyle, toUtf8: ToUtf8 = notLoaded): Codec {
  switch (type.kind) {
    case 'integer':
      return codec(String, withoutLeadingZeros, (value) => value);
    case 'year':
      // The reader adds 1900 to the year 0, too.
      return codec((value) => (value === 1900 ? 0 : (value as number)), Number, String);
    case 'float':
      return codec(asNumber, Number, floatJson);
    case 'double':
      return codec(asNumber, Number, JSON.stringify);
    case 'decimal':
      return codec(asText, withoutLeadingZeros, (value) => `"${value}"`);
    case 'text':
      return { fromLog: (value) => textJson(toUtf8(value as Buffer)), fromQuery: textJson };
    case 'json':
      return codec(textOr(jsonBinaryText), same, JSON.stringify);
    case 'enum':
      return codec((value) => (value as string | undefined) ?? '', same, JSON.stringify);
    case 'set':
      return codec(asText, same, JSON.stringify);
    case 'bytes':
      return bytesCodec((bytes) => `"${bytes.toString('base64')}"`);
    case 'bit':
      return bytesCodec(
        type.bits === 1 ? (bytes) => String(bytes[0] === 1) : (bytes) => `"${Buffer.from(bytes).reverse().toString('base64')}"`,
      );
    case 'geometry':
      return bytesCodec((bytes) => `{${geometryMembers(bytes)}}`);
    case 'point':
      return bytesCodec(pointJson);
    case 'uuid':
      return codec(textOr(uuidText), same, JSON.stringify);
    case 'inet4':
      return codec(textOr(inet4Text), same, JSON.stringify);
    case 'inet6':
      return codec(textOr(inet6Text), same, JSON.stringify);
    default:
      return temporalCodec(type, style);
  }
}

type Temporal = Extract<ColumnType, { kind: 'time' | 'datetime' | 'timestamp' }>;

function temporalCodec(type: Temporal | ColumnType, style: TemporalStyle): Codec {
  const decimals = 'decimals' in type ? type.decimals : 0;
  const numbers = style === 'numbers';
  if (type.kind === 'date') return codec(asText, same, (date) => (numbers ? String(daysOf(date) ?? `"${date}"`) : `"${date}"`));
  if (type.kind === 'time' || type.kind === 'old-time') {
    const json = (micros: number) => (numbers ? String(micros) : `"${timeText(micros, decimals)}"`);
    const fromLog = (bytes: Buffer) => (type.kind === 'time' ? timeFromLog(bytes, decimals) : timeFromOldLog(bytes));
    return codec((value) => (typeof value === 'string' ? timeFromText(value) : fromLog(value as Buffer)), timeFromText, json);
  }
  if (type.kind === 'datetime') {
    const json = (text: string) => (numbers ? (epochOf(text, decimals) ?? `"${text}"`) : `"${text}"`);
    return codec(
      textOr((bytes) => datetimeFromLog(bytes, decimals)),
      same,
      json,
    );
  }
  const json = (text: string) => (numbers && daysOf(text.slice(0, 10)) !== undefined ? `"${text.replace(' ', 'T')}Z"` : `"${text}"`);
  return codec(
    textOr((bytes) => timestampFromLog(bytes, decimals)),
    same,
    json,
  );
}

/** `T`: the value in one form, whichever way it came. */
function codec<T>(fromLog: (value: unknown) => T, fromText: (text: string) => T, json: (value: T) => string): Codec {
  return {
    fromLog: (value) => json(fromLog(value)),
    fromQuery: (bytes) => json(fromText(bytes.toString())),
  };
}

const bytesCodec = (json: (bytes: Buffer) => string): Codec => ({
  fromLog: (value) => json(value as Buffer),
  fromQuery: json,
});

const notLoaded: ToUtf8 = () => {
  throw new ConnectError('INTERNAL', "a text of the log was to be read before its character set's table was");
};

/** Without the zeros of ZEROFILL, which are no part of the value. */
const withoutLeadingZeros = (text: string): string => text.replace(/^(-?)0+(?=\d)/, '$1');

/** JSON of the shortest decimal number that stands for this single-precision one, as MySQL's own clients show it. */
function floatJson(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return JSON.stringify(shorter);
  }
  return JSON.stringify(Number(value.toPrecision(9)));
}

const same = (text: string): string => text;
const asText = (value: unknown): string => value as string;
const asNumber = (value: unknown): number => value as number;
/** Servers that keep times of MySQL 5.5 and older have the reader give texts. */
const textOr = (read: (bytes: Buffer) => string) => (value: unknown) => (typeof value === 'string' ? value : read(value as Buffer));

/** MySQL puts the reference system in front of the standard binary form. */
function geometryMembers(bytes: Buffer): string {
  const srid = bytes.readUInt32LE(0);
  return `"wkb":"${bytes.toString('base64', 4)}","srid":${srid === 0 ? 'null' : srid}`;
}

/** The binary form of a point ends with its coordinates. */
const pointJson = (bytes: Buffer): string =>
  `{"x":${JSON.stringify(bytes.readDoubleLE(9))},"y":${JSON.stringify(bytes.readDoubleLE(17))},${geometryMembers(bytes)}}`;

/** The texts of MariaDB's own types are those that its queries give. */
function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const inet4Text = (bytes: Buffer): string => bytes.subarray(0, 4).join('.');

/** The first of the longest runs of zeros becomes `::`, a single one, too; addresses that hold one of IPv4 end in it. */
function inet6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index));
  const ipv4 = inet4Text(bytes.subarray(12));
  if (groups.slice(0, 5).every((group) => group === 0)) {
    if (groups[5] === 0xffff) return `::ffff:${ipv4}`;
    if (groups[5] === 0 && groups[6] !== 0) return `::${ipv4}`;
  }
  const { start, length } = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  return length === 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === 0) end += 1;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}
