import { ConnectError } from '../../../api/index.ts';
import type { ColumnType } from '../tables/table.ts';
import { timeText } from '../values/temporal.ts';
import { mayBeDouble } from './double-digits.ts';
import { isRawNumber } from './exact-json.ts';
import { type FieldType, shortName } from './field-types.ts';
import type { TargetColumn } from './target-table.ts';

/** Longer ones are sent as base64, which takes a third less of a packet than hexadecimal. */
const LONG_BYTES = 1024;
const DAY_MICROS = 86_400_000_000n;
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;
const NUMBER = /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/;

type Temporal = Extract<ColumnType, { kind: 'time' | 'datetime' | 'timestamp' }>;

/**
 * A value as it stands in a statement, for a session with `utf8mb4`, the time zone `+00:00` and backslash escapes. It is the inverse of
 * `codecOf` of `values`, and takes what Debezium and Kafka Connect write, where `type` names it. Throws RECORD_REFUSED for what the column
 * can't hold as it is.
 */
export function literal(column: TargetColumn, value: unknown, type?: FieldType): string {
  if (value === null || value === undefined) return 'NULL';
  const written = isRawNumber(value) ? value.rawJSON : value;
  const isNumber = typeof value === 'number' || isRawNumber(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw unfit(column, value);
  const { kind } = column.type;
  switch (kind) {
    case 'integer':
    case 'year':
    case 'float':
    case 'double':
    case 'decimal':
      return numberLiteral(column, written, isNumber, type);
    case 'text':
    case 'json':
    case 'enum':
    case 'set':
    case 'uuid':
    case 'inet4':
    case 'inet6':
      return quoted(column, typeof written === 'string' ? written : JSON.stringify(value));
    case 'bytes':
      return bytesLiteral(bytesOf(column, written));
    case 'bit':
      return bitLiteral(column, written, isNumber, type);
    case 'geometry':
    case 'point':
      return geometryLiteral(column, value);
    case 'date':
      return isNumber
        ? `'${datetimeText(column, microsOf(column, written, type, 'Date')).slice(0, 10)}'`
        : quoted(column, dayOf(column, written));
    case 'time':
    case 'old-time':
      if (!isNumber) return quoted(column, textOf(column, written));
      return `'${timeText(Number(microsOf(column, written, type, 'MicroTime')), 6)}'`;
    case 'datetime':
    case 'timestamp':
      return isNumber
        ? `'${datetimeText(column, microsOf(column, written, type, unitOf(column.type)))}'`
        : quoted(column, inUtc(dayOf(column, written)));
    case 'unknown':
      throw unfit(column, value);
  }
}

/** The same to compare a column of a key with: a FLOAT is what it is as a DOUBLE. */
export function keyLiteral(column: TargetColumn, value: unknown, type?: FieldType): string {
  const text = literal(column, value, type);
  if (column.type.kind !== 'float') return text;
  const exact = String(Math.fround(Number(text)));
  return exact.includes('e') ? exact : `${exact}e0`;
}

function numberLiteral(column: TargetColumn, value: unknown, isNumber: boolean, type: FieldType | undefined): string {
  const { kind } = column.type;
  // The server would take true for the year 2001.
  if (typeof value === 'boolean' && kind !== 'year') return value ? '1' : '0';
  if (kind === 'integer' && Number.isSafeInteger(value)) return String(value);
  const cut = () => unfit(column, isNumber ? 0 : value);
  const text = shortName(type) === 'Decimal' && !isNumber ? unscaled(column, value, type) : variableScale(column, value);
  if (!NUMBER.test(text)) throw cut();
  const [, fraction = ''] = /^[^.eE]*\.(\d*?)0*$/.exec(text) ?? [];
  const most = kind === 'decimal' ? column.scale : kind === 'integer' || kind === 'year' ? 0 : Number.POSITIVE_INFINITY;
  if (fraction.length > most) throw cut();
  if ((kind === 'integer' || kind === 'year') && /[eE]/.test(text)) throw cut();
  if (kind === 'double' && typeof value !== 'number' && !mayBeDouble(text))
    throw unfit(column, value, 'has more digits than a DOUBLE keeps');
  // Without an exponent it would be a DECIMAL, and a text is turned into the column's own type.
  if ((kind === 'double' || kind === 'float') && !/[eE]/.test(text)) return `${text.replace(/\.$/, '')}e0`;
  return isNumber || kind === 'integer' || kind === 'year' ? text : `'${text}'`;
}

/** Debezium's precise mode: the digits as a number in base64. */
function unscaled(column: TargetColumn, value: unknown, type: FieldType | undefined): string {
  return scaledText(bytesOf(column, value), Number(type?.parameters.scale ?? 0));
}

function variableScale(column: TargetColumn, value: unknown): string {
  if (typeof value === 'object' && value !== null && 'scale' in value && 'value' in value)
    return scaledText(bytesOf(column, value.value), Number(value.scale));
  // As text, a list of one number would be that number.
  if (typeof value !== 'string' && typeof value !== 'number') throw unfit(column, value);
  return typeof value === 'string' ? value.trim() : String(value);
}

/** `bytes`: a signed number, highest byte first. */
function scaledText(bytes: Buffer, scale: number): string {
  const number = bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`));
  if (scale <= 0) return String(number * 10n ** BigInt(-scale));
  const digits = String(number < 0n ? -number : number).padStart(scale + 1, '0');
  return `${number < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function bitLiteral(column: TargetColumn, value: unknown, isNumber: boolean, type: FieldType | undefined): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  // A program that writes bits by a schema may leave out bytes of zeros. Any other empty text is no number.
  if (value === '' && shortName(type) !== 'Bits') throw unfit(column, value);
  if (isNumber) return numberLiteral({ ...column, type: { kind: 'integer' } }, value, true, undefined);
  return String(BigInt(`0x0${bytesOf(column, value).reverse().toString('hex')}`));
}

/** In the form in which the server itself keeps it, so that no axis is turned: the reference system in front of the standard binary form. */
function geometryLiteral(column: TargetColumn, value: unknown): string {
  if (typeof value !== 'object' || value === null || !('wkb' in value)) throw unfit(column, value);
  const srid = Buffer.alloc(4);
  srid.writeUInt32LE('srid' in value && typeof value.srid === 'number' ? value.srid : 0);
  return `x'${srid.toString('hex')}${bytesOf(column, value.wkb).toString('hex')}'`;
}

function bytesOf(column: TargetColumn, value: unknown): Buffer {
  if (typeof value !== 'string') throw unfit(column, value);
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64') !== value) throw unfit(column, value, 'is no base64');
  return bytes;
}

function bytesLiteral(bytes: Buffer): string {
  return bytes.length > LONG_BYTES ? `FROM_BASE64('${bytes.toString('base64')}')` : `x'${bytes.toString('hex')}'`;
}

function textOf(column: TargetColumn, value: unknown): string {
  if (typeof value !== 'string') throw unfit(column, value);
  return value;
}

const CLOCK = /^\s*-?\d{1,3}:/;

/** A text with a date. Servers take the time of a clock for one, too: `24:00:00` for the year 2024. */
function dayOf(column: TargetColumn, value: unknown): string {
  const text = textOf(column, value);
  if (CLOCK.test(text)) throw unfit(column, value, 'is a time without a date');
  return text;
}

const SPECIAL = /[\0\n\r'\\]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\0': '\\0', '\n': '\\n', '\r': '\\r', "'": "\\'", '\\': '\\\\' };

function quoted(column: TargetColumn, text: string): string {
  // Half of a pair would arrive as another character.
  if (!text.isWellFormed()) throw unfit(column, text, 'is no well-formed text');
  return quotedText(text);
}

export const quotedText = (text: string): string => `'${text.replace(SPECIAL, (character) => ESCAPES[character] as string)}'`;

const UNITS: Readonly<Record<string, (value: bigint) => bigint>> = {
  Date: (days) => days * DAY_MICROS,
  Time: (ms) => ms * 1_000n,
  MicroTime: (micros) => micros,
  NanoTime: (nanos) => nanos / 1_000n,
  Timestamp: (ms) => ms * 1_000n,
  MicroTimestamp: (micros) => micros,
  NanoTimestamp: (nanos) => nanos / 1_000n,
};

/** What a number means without a schema: the source of MySQL goes by the decimals of its column. */
const unitOf = (type: ColumnType): string => ((type as Temporal).decimals > 3 ? 'MicroTimestamp' : 'Timestamp');

function microsOf(column: TargetColumn, value: unknown, type: FieldType | undefined, unit: string): bigint {
  const text = String(value);
  if (!/^-?\d+$/.test(text)) throw unfit(column, value);
  const convert = UNITS[shortName(type) ?? ''] ?? UNITS[unit];
  return (convert as (value: bigint) => bigint)(BigInt(text));
}

/** `2024-01-02 03:04:05.678000` */
function datetimeText(column: TargetColumn, micros: bigint): string {
  const ms = Number(micros >= 0n ? micros / 1_000n : -((-micros + 999n) / 1_000n));
  if (ms < FIRST_MS || ms > LAST_MS) throw unfit(column, micros, 'is a time outside of the years 0 to 9999');
  const rest = Number(micros - BigInt(ms) * 1_000n);
  return `${new Date(ms).toISOString().slice(0, 23).replace('T', ' ')}${String(rest).padStart(3, '0')}`;
}

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/** `2024-01-02T03:04:05.678Z` as the server writes it. What has no zone stays as it is. */
function inUtc(text: string): string {
  const [, day, clock, fraction = '', zone] = ISO.exec(text) ?? [];
  if (zone === undefined) return text.replace('T', ' ');
  if (zone === 'Z') return `${day} ${clock}${fraction}`;
  const at = new Date(`${day}T${clock}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(at.getTime()) ? text : `${at.toISOString().slice(0, 19).replace('T', ' ')}${fraction}`;
}

/** The value itself is not shown: it is a user's. */
const unfit = (column: TargetColumn, value: unknown, why = `is ${kindOf(value)} that the column can't hold as it is`): ConnectError =>
  new ConnectError('RECORD_REFUSED', `the value of column ${column.name} (${column.columnType.slice(0, 60)}) ${why}`, {
    remedy: 'correct its producer, convert the column, or name it in sink.excludeColumns',
  });

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'a list';
  return isRawNumber(value) ? 'a number' : 'an object';
}
