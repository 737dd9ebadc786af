import { packedDatetimeText, packedTimeText } from './temporal.ts';

/** Kinds of values in MySQL's binary JSON. */
const kind = {
  smallObject: 0,
  largeObject: 1,
  smallArray: 2,
  largeArray: 3,
  literal: 4,
  int16: 5,
  uint16: 6,
  int32: 7,
  uint32: 8,
  int64: 9,
  uint64: 10,
  double: 11,
  string: 12,
  opaque: 15,
} as const;

/** Column types of values that JSON itself does not have. */
const column = { timestamp: 7, date: 10, time: 11, datetime: 12, decimal: 246 } as const;

const LITERALS = ['null', 'true', 'false'];
/** Between the values of an object or an array, and behind a key, as the server writes them. */
const COMMA = ', ';
const COLON = ': ';

/**
 * The text of a JSON value in the log, as a query of MySQL 5.7 and 8 gives it: members in their stored order, numbers with all their digits.
 * The server's own layout is described in its `sql-common/json_binary.h`.
 */
export const jsonBinaryText = (bytes: Buffer): string => (bytes.length === 0 ? 'null' : valueText(bytes.subarray(1), bytes[0] as number));

function valueText(bytes: Buffer, type: number): string {
  switch (type) {
    case kind.smallObject:
    case kind.largeObject:
      return `{${members(bytes, type === kind.largeObject).join(COMMA)}}`;
    case kind.smallArray:
    case kind.largeArray:
      return `[${elements(bytes, type === kind.largeArray).join(COMMA)}]`;
    case kind.literal:
      return LITERALS[bytes[0] as number] as string;
    case kind.int16:
      return String(bytes.readInt16LE(0));
    case kind.uint16:
      return String(bytes.readUInt16LE(0));
    case kind.int32:
      return String(bytes.readInt32LE(0));
    case kind.uint32:
      return String(bytes.readUInt32LE(0));
    case kind.int64:
      return String(bytes.readBigInt64LE(0));
    case kind.uint64:
      return String(bytes.readBigUInt64LE(0));
    case kind.double:
      return doubleText(bytes.readDoubleLE(0));
    case kind.string:
      return JSON.stringify(lengthed(bytes, 0).toString());
    case kind.opaque:
      return opaqueText(bytes[0] as number, lengthed(bytes, 1));
    default:
      throw new RangeError(`binary JSON has no type ${type}`);
  }
}

/** Numbers of a small container have two bytes, of a large one four. */
const sizeOf = (large: boolean): 2 | 4 => (large ? 4 : 2);
/** Behind the number of values and that of bytes. */
const headBytes = (large: boolean): number => 2 * sizeOf(large);
/** Where a key is, and how long. */
const keyEntryBytes = (large: boolean): number => sizeOf(large) + 2;

function members(bytes: Buffer, large: boolean): string[] {
  const count = bytes.readUIntLE(0, sizeOf(large));
  return values(bytes, large, headBytes(large) + count * keyEntryBytes(large)).map((text, index) => {
    const entry = headBytes(large) + index * keyEntryBytes(large);
    const at = bytes.readUIntLE(entry, sizeOf(large));
    const length = bytes.readUInt16LE(entry + sizeOf(large));
    return JSON.stringify(bytes.toString('utf8', at, at + length)) + COLON + text;
  });
}

const elements = (bytes: Buffer, large: boolean): string[] => values(bytes, large, headBytes(large));

/** `from`: where the entries of the values begin, each a type and where the value is, or a short value itself. */
function values(bytes: Buffer, large: boolean, from: number): string[] {
  const size = sizeOf(large);
  return Array.from({ length: bytes.readUIntLE(0, size) }, (_, index) => {
    const entry = from + index * (1 + size);
    const type = bytes[entry] as number;
    const at = isInlined(type, large) ? entry + 1 : bytes.readUIntLE(entry + 1, size);
    return valueText(bytes.subarray(at), type);
  });
}

const isInlined = (type: number, large: boolean): boolean =>
  type === kind.literal || type === kind.int16 || type === kind.uint16 || (large && (type === kind.int32 || type === kind.uint32));

/** Bytes behind their number, of which seven bits are in a byte, the lowest ones first. */
function lengthed(bytes: Buffer, from: number): Buffer {
  let length = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at] as number;
    at += 1;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return bytes.subarray(at, at + length);
  }
}

function opaqueText(type: number, bytes: Buffer): string {
  switch (type) {
    case column.decimal:
      return binaryDecimalText(bytes.subarray(2), bytes[0] as number, bytes[1] as number);
    case column.date:
      return `"${packedDatetimeText(bytes.readBigInt64LE(0)).slice(0, 10)}"`;
    case column.datetime:
    case column.timestamp:
      return `"${packedDatetimeText(bytes.readBigInt64LE(0))}"`;
    case column.time:
      return `"${packedTimeText(bytes.readBigInt64LE(0))}"`;
    default:
      return `"base64:type${type}:${bytes.toString('base64')}"`;
  }
}

/** Digits before the point, at most, of a number that is written without an exponent; as many zeros behind it, less one. */
const PLAIN_DIGITS = 15;

/** The shortest digits that stand for the number, written as the server does: `1.0`, `0.00001`, `1e20`. */
function doubleText(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const point = Number(exponent) + 1;
  if (point > PLAIN_DIGITS || point < 1 - PLAIN_DIGITS)
    return `${sign}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${point - 1}`;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point).padEnd(point, '0')}.${digits.slice(point) || '0'}`;
}

/** Of a DECIMAL. Nine digits are kept in four bytes, fewer in as many as they need. */
const DECIMAL_GROUP = 9;
const DECIMAL_BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4] as const;

const decimalBytes = (digits: number): number => 4 * Math.floor(digits / DECIMAL_GROUP) + (DECIMAL_BYTES[digits % DECIMAL_GROUP] as number);

/** The text of MySQL's binary form of a DECIMAL(precision, scale): `-1.50`. */
function binaryDecimalText(bytes: Buffer, precision: number, scale: number): string {
  const length = decimalBytes(precision - scale) + decimalBytes(scale);
  const positive = ((bytes[0] as number) & 0x80) !== 0;
  const plain = Buffer.from(bytes.subarray(0, length).map((byte) => (positive ? byte : ~byte)));
  plain[0] = (plain[0] as number) ^ 0x80;
  let at = 0;
  const read = (digits: number): string => {
    const size = decimalBytes(digits);
    const value = size === 0 ? 0 : plain.readUIntBE(at, size);
    at += size;
    return digits === 0 ? '' : String(value).padStart(digits, '0');
  };
  const groups = (count: number): string => Array.from({ length: count }, () => read(DECIMAL_GROUP)).join('');
  const whole = read((precision - scale) % DECIMAL_GROUP) + groups(Math.floor((precision - scale) / DECIMAL_GROUP));
  const rest = groups(Math.floor(scale / DECIMAL_GROUP)) + read(scale % DECIMAL_GROUP);
  return `${positive ? '' : '-'}${whole.replace(/^0+/, '') || '0'}${scale === 0 ? '' : `.${rest}`}`;
}
