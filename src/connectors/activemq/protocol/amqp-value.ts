import { decimalText } from './decimal.ts';

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
      return decimalText(value.value, value.type);
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
