import { isUtf8 } from 'node:buffer';
import type { AmqpValue } from '../amqp-value.ts';
import { decimalBytes, isDecimal } from '../decimal.ts';

const SMALL = {
  ubyte: [0, 255],
  ushort: [0, 65_535],
  uint: [0, 4_294_967_295],
  byte: [-128, 127],
  short: [-32_768, 32_767],
  int: [-2_147_483_648, 2_147_483_647],
} as const;

/**
 * The inverse of `bytesOf`: the value of a type from its usual text. Without a type it is text, or bytes where it is not UTF-8. Throws
 * RangeError for what the type can't be, and for types that are none.
 */
export function typedValue(bytes: Buffer | null, type?: string): AmqpValue {
  if (bytes === null) return { type: 'null', value: null };
  if (type === undefined && !isUtf8(bytes)) return { type: 'binary', value: bytes };
  const text = bytes.toString();
  switch (type) {
    case undefined:
      return { type: 'string', value: text };
    case 'binary':
      return { type, value: bytes };
    case 'list':
    case 'array':
    case 'map':
    case 'described':
      return typedJson(type, json(text));
    default:
      return scalar(type, text);
  }
}

function scalar(type: string, text: string): AmqpValue {
  const wrong = () => new RangeError(`${JSON.stringify(text.slice(0, 40))} is no ${type.slice(0, 40)}`);
  if (type in SMALL) {
    const [min, max] = SMALL[type as keyof typeof SMALL];
    if (!/^-?\d{1,10}$/.test(text) || Number(text) < min || Number(text) > max) throw wrong();
    return { type: type as keyof typeof SMALL, value: Number(text) };
  }
  if (isDecimal(type)) {
    const value = decimalBytes(text, type);
    if (value === undefined) throw wrong();
    return { type, value };
  }
  switch (type) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrong();
      return { type, value: text === 'true' };
    case 'long':
    case 'timestamp':
    case 'ulong': {
      if (!/^-?\d{1,20}$/.test(text)) throw wrong();
      const value = BigInt(text);
      if (value !== (type === 'ulong' ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value))) throw wrong();
      return { type, value };
    }
    case 'float':
    case 'double':
      if (text.trim() === '' || (Number.isNaN(Number(text)) && text !== 'NaN')) throw wrong();
      return { type, value: Number(text) };
    case 'char': {
      const [, half] = /^\\u([0-9a-f]{4})$/.exec(text) ?? [];
      if (half !== undefined) return { type, value: String.fromCharCode(Number.parseInt(half, 16)) };
      if ([...text].length !== 1) throw wrong();
      return { type, value: text };
    }
    case 'string':
    case 'symbol':
      return { type, value: text };
    case 'uuid': {
      const value = Buffer.from(text.replaceAll('-', ''), 'hex');
      if (value.length !== 16 || text.replaceAll('-', '').length !== 32) throw wrong();
      return { type, value };
    }
    default:
      throw new RangeError(`${JSON.stringify(type.slice(0, 40))} is no type of AMQP 1.0`);
  }
}

/** The inverse of `jsonOf`. */
export function valueFromJson(bytes: Buffer): AmqpValue {
  return fromJson(json(bytes.toString()));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('it is no JSON');
  }
}

function fromJson(value: unknown): AmqpValue {
  if (value === null) return { type: 'null', value };
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (typeof value === 'string') return { type: 'string', value };
  const [only, ...others] = typeof value === 'object' ? Object.entries(value) : [];
  if (only === undefined || others.length > 0) throw new RangeError(`${JSON.stringify(value).slice(0, 40)} does not say its type`);
  const [type, content] = only;
  if (type === 'binary') return { type, value: Buffer.from(String(content), 'base64') };
  if (type === 'list' || type === 'array' || type === 'map' || type === 'described') return typedJson(type, value);
  return scalar(type, Object.is(content, -0) ? '-0' : String(content));
}

/** What has parts, under its type as `{"list":[...]}`. */
function typedJson(type: 'list' | 'array' | 'map' | 'described', value: unknown): AmqpValue {
  const content = (value as Readonly<Record<string, unknown>> | null)?.[type];
  if (type === 'map') {
    const isPairs = Array.isArray(content);
    if (typeof content !== 'object' || content === null) throw new RangeError('it is no map');
    const pairs: Array<[AmqpValue, AmqpValue]> = isPairs
      ? (content as Array<[unknown, unknown]>).map(([key, item]) => [fromJson(key), fromJson(item)])
      : Object.entries(content).map(([key, item]) => [{ type: 'string', value: key }, fromJson(item)]);
    return { type, value: pairs };
  }
  if (!Array.isArray(content)) throw new RangeError(`it is no ${type}`);
  const items = content.map(fromJson);
  if (type !== 'described') return { type, value: items };
  const [descriptor, described] = items;
  if (descriptor === undefined || described === undefined || items.length > 2) throw new RangeError('it is nothing described');
  return { type, value: [descriptor, described] };
}
