import { isUtf8 } from 'node:buffer';
import type { AmqpValue } from '../amqp-value.ts';

/** Code and bytes of a value, in the widest form of its type: an array has the code once, and bytes of each element. */
interface Encoded {
  readonly code: Buffer;
  readonly bytes: Buffer;
}

/** The inverse of `AmqpReader`. Throws RangeError for what its type can't be. */
export function writeValue(value: AmqpValue): Buffer {
  // Some clients take the longer form for a number.
  if (value.type === 'boolean') return Buffer.from([value.value ? 0x41 : 0x42]);
  const { code, bytes } = encode(value);
  return Buffer.concat([code, bytes]);
}

function encode(value: AmqpValue): Encoded {
  switch (value.type) {
    case 'null':
      return coded(0x40, Buffer.alloc(0));
    case 'boolean':
      return coded(0x56, Buffer.from([value.value ? 1 : 0]));
    case 'ubyte':
      return number(0x50, 1, (bytes) => bytes.writeUInt8(value.value));
    case 'ushort':
      return number(0x60, 2, (bytes) => bytes.writeUInt16BE(value.value));
    case 'uint':
      return number(0x70, 4, (bytes) => bytes.writeUInt32BE(value.value));
    case 'ulong':
      return number(0x80, 8, (bytes) => bytes.writeBigUInt64BE(value.value));
    case 'byte':
      return number(0x51, 1, (bytes) => bytes.writeInt8(value.value));
    case 'short':
      return number(0x61, 2, (bytes) => bytes.writeInt16BE(value.value));
    case 'int':
      return number(0x71, 4, (bytes) => bytes.writeInt32BE(value.value));
    case 'long':
      return number(0x81, 8, (bytes) => bytes.writeBigInt64BE(value.value));
    case 'timestamp':
      return number(0x83, 8, (bytes) => bytes.writeBigInt64BE(value.value));
    case 'float':
      return number(0x72, 4, (bytes) => bytes.writeFloatBE(value.value));
    case 'double':
      return number(0x82, 8, (bytes) => bytes.writeDoubleBE(value.value));
    case 'char':
      return number(0x73, 4, (bytes) => bytes.writeUInt32BE(value.value.codePointAt(0) ?? 0));
    case 'decimal32':
      return coded(0x74, value.value);
    case 'decimal64':
      return coded(0x84, value.value);
    case 'decimal128':
      return coded(0x94, value.value);
    case 'uuid':
      return coded(0x98, value.value);
    case 'binary':
      return coded(0xb0, sized(value.value));
    case 'string':
      return coded(0xb1, sized(Buffer.from(value.value)));
    case 'symbol':
      return coded(0xb3, sized(Buffer.from(value.value, 'latin1')));
    case 'list':
      return coded(0xd0, compound(value.value.length, value.value.map(writeValue)));
    case 'map':
      return coded(0xd1, compound(value.value.length * 2, value.value.flat().map(writeValue)));
    case 'array':
      return coded(0xf0, array(value.value));
    case 'described': {
      const [descriptor, content] = value.value;
      const { code, bytes } = encode(content);
      return { code: Buffer.concat([Buffer.from([0]), writeValue(descriptor), code]), bytes };
    }
  }
}

const coded = (code: number, bytes: Buffer): Encoded => ({ code: Buffer.from([code]), bytes });

function number(code: number, length: number, write: (bytes: Buffer) => unknown): Encoded {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return coded(code, bytes);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const sized = (bytes: Buffer): Buffer => Buffer.concat([uint32(bytes.length), bytes]);

const compound = (count: number, parts: readonly Buffer[]): Buffer => sized(Buffer.concat([uint32(count), ...parts]));

function array(elements: readonly AmqpValue[]): Buffer {
  const encoded = elements.map(encode);
  const code = encoded[0]?.code ?? Buffer.from([0x40]);
  if (!encoded.every((element) => element.code.equals(code))) throw new RangeError('the elements of an array are of one type');
  return compound(elements.length, [code, ...encoded.map(({ bytes }) => bytes)]);
}

const SMALL = {
  ubyte: [0, 255],
  ushort: [0, 65_535],
  uint: [0, 4_294_967_295],
  byte: [-128, 127],
  short: [-32_768, 32_767],
  int: [-2_147_483_648, 2_147_483_647],
} as const;
/** Bytes of decimals, with what `decimalText` of `amqp-value.ts` reads of them. */
const DECIMALS = {
  decimal32: { bytes: 4, exponentBits: 8, bias: 101, digits: 7 },
  decimal64: { bytes: 8, exponentBits: 10, bias: 398, digits: 16 },
  decimal128: { bytes: 16, exponentBits: 14, bias: 6_176, digits: 34 },
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
  if (type in DECIMALS)
    return { type: type as keyof typeof DECIMALS, value: decimalBytes(text, DECIMALS[type as keyof typeof DECIMALS], wrong) };
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

type DecimalFormat = (typeof DECIMALS)[keyof typeof DECIMALS];

function decimalBytes(text: string, { bytes, exponentBits, bias, digits }: DecimalFormat, wrong: () => RangeError): Buffer {
  const width = BigInt(bytes * 8);
  const toBytes = (value: bigint) => Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');
  const sign = (text.startsWith('-') ? 1n : 0n) << (width - 1n);
  const special = { Infinity: 0b11110n, NaN: 0b111110n, sNaN: 0b111111n }[text.replace(/^-/, '')];
  if (special !== undefined) return toBytes(sign | (special << (width - (special > 0b11111n ? 7n : 6n))));
  const [, units, fraction = '', power = '0'] = /^-?(\d+)(?:\.(\d+))?(?:E([+-]\d{1,5}))?$/.exec(text) ?? [];
  if (units === undefined) throw wrong();
  const coefficient = BigInt(units + fraction);
  const exponent = Number(power) - fraction.length + bias;
  if (String(coefficient).length > digits || exponent < 0 || exponent >= 3 * 2 ** (exponentBits - 2)) throw wrong();
  const stored = width - 1n - BigInt(exponentBits);
  if (coefficient < 1n << stored) return toBytes(sign | (BigInt(exponent) << stored) | coefficient);
  const rest = coefficient - (1n << stored);
  return toBytes(sign | (0b11n << (width - 3n)) | (BigInt(exponent) << (stored - 2n)) | rest);
}
