/** A value with its AMQP 1.0 type. 64-bit numbers are bigint, so that all their digits are kept. */
export type AmqpValue =
  | Of<'null', null>
  | Of<'boolean', boolean>
  | Of<'ubyte' | 'ushort' | 'uint' | 'byte' | 'short' | 'int' | 'float' | 'double', number>
  /** `timestamp`: milliseconds since 1970, also before it; `char`: a Unicode scalar value, or half of one as Java's `char` may be. */
  | Of<'ulong' | 'long' | 'timestamp', bigint>
  | Of<'char' | 'string' | 'symbol', string>
  | Of<'binary' | 'uuid' | 'decimal32' | 'decimal64' | 'decimal128', Buffer>
  | Of<'list' | 'array', readonly AmqpValue[]>
  | Of<'map', ReadonlyArray<readonly [key: AmqpValue, value: AmqpValue]>>
  | Of<'described', readonly [descriptor: AmqpValue, value: AmqpValue]>;

interface Of<T extends string, V> {
  readonly type: T;
  readonly value: V;
}

/**
 * The one usual text of a value: digits, `true`, the text itself, UUIDs with dashes, half a character as `\\ud83d`; what has parts as
 * JSON. Bytes stay bytes. `null` is null.
 */
export function bytesOf(value: AmqpValue): Buffer | null {
  if (value.type === 'null') return null;
  return value.type === 'binary' ? value.value : Buffer.from(textOf(value));
}

function textOf(value: AmqpValue): string {
  switch (value.type) {
    case 'list':
    case 'array':
    case 'map':
    case 'described':
      return JSON.stringify(jsonOf(value));
    case 'double':
    case 'float':
      return Object.is(value.value, -0) ? '-0' : String(value.value);
    case 'binary':
      return value.value.toString('base64');
    case 'uuid':
      return value.value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    case 'decimal32':
    case 'decimal64':
    case 'decimal128':
      return decimalText(value.value);
    case 'char':
      return value.value.isWellFormed() ? value.value : `\\u${value.value.charCodeAt(0).toString(16)}`;
    default:
      return String(value.value);
  }
}

/**
 * JSON that tells types: text, `true`, `false` and `null` are themselves, everything else is an object with its type as its one
 * key: `{"int":5}`, `{"long":"9007199254740993"}`, `{"binary":"AAEC"}`, `{"list":["a",{"double":0.5}]}`, `{"map":{"a":{"int":1}}}`.
 * A map with other keys than text is a list of pairs.
 */
export function jsonOf(value: AmqpValue): unknown {
  switch (value.type) {
    case 'null':
    case 'boolean':
    case 'string':
      return value.value;
    case 'ubyte':
    case 'ushort':
    case 'uint':
    case 'byte':
    case 'short':
    case 'int':
      return { [value.type]: value.value };
    case 'float':
    case 'double':
      return { [value.type]: Number.isFinite(value.value) && !Object.is(value.value, -0) ? value.value : textOf(value) };
    case 'list':
    case 'array':
    case 'described':
      return { [value.type]: value.value.map(jsonOf) };
    case 'map':
      return { map: mapOf(value.value) };
    default:
      return { [value.type]: textOf(value) };
  }
}

function mapOf(entries: ReadonlyArray<readonly [AmqpValue, AmqpValue]>): unknown {
  const names = new Set(entries.map(([{ value }]) => value));
  const plain = names.size === entries.length && entries.every(([{ type, value }]) => type === 'string' && value !== '__proto__');
  if (plain) return Object.fromEntries(entries.map(([key, value]) => [key.value, jsonOf(value)]));
  return entries.map(([key, value]) => [jsonOf(key), jsonOf(value)]);
}

/** Bits of the exponent, and what is subtracted from it, by the number of bytes. */
const FORMATS: Readonly<Record<number, { readonly exponentBits: number; readonly bias: number; readonly digits: number }>> = {
  4: { exponentBits: 8, bias: 101, digits: 7 },
  8: { exponentBits: 10, bias: 398, digits: 16 },
  16: { exponentBits: 14, bias: 6_176, digits: 34 },
};

/**
 * The digits of an IEEE 754 decimal of 4, 8 or 16 bytes, in the binary encoding that AMQP 1.0 prescribes: `-19.99`, `1.0E+400`,
 * `-0.00`, `NaN`. Written as the General Decimal Arithmetic specification says, so that zeros at the end and the exponent are kept.
 */
function decimalText(bytes: Buffer): string {
  const { exponentBits, bias, digits } = FORMATS[bytes.length] as (typeof FORMATS)[number];
  const width = bytes.length * 8;
  const value = BigInt(`0x${bytes.toString('hex')}`);
  const sign = value >> BigInt(width - 1) === 1n ? '-' : '';
  const bits = (from: number, length: number) => Number((value >> BigInt(from)) & mask(length));
  const coefficientBits = width - 1 - exponentBits;
  // The two bits behind the sign tell whether three of the coefficient's are implied; four ones mean that there is no number.
  if (bits(width - 5, 4) === 0b1111) return sign + (bits(width - 6, 1) === 0 ? 'Infinity' : bits(width - 7, 1) === 0 ? 'NaN' : 'sNaN');
  const implied = bits(width - 3, 2) === 0b11;
  const stored = implied ? coefficientBits - 2 : coefficientBits;
  const exponent = bits(stored, exponentBits) - bias;
  const coefficient = (value & mask(stored)) | (implied ? 0b100n << BigInt(stored) : 0n);
  // The standard takes coefficients with too many digits for zero.
  return sign + scientific(coefficient < 10n ** BigInt(digits) ? coefficient : 0n, exponent);
}

function scientific(coefficient: bigint, exponent: number): string {
  const digits = String(coefficient);
  const adjusted = exponent + digits.length - 1;
  if (exponent > 0 || adjusted < -6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${digits[0]}${fraction}E${adjusted < 0 ? '-' : '+'}${Math.abs(adjusted)}`;
  }
  if (exponent === 0) return digits;
  const padded = digits.padStart(1 - exponent, '0');
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

const mask = (bits: number): bigint => (1n << BigInt(bits)) - 1n;
