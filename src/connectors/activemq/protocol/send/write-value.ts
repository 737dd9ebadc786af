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
