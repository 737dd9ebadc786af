import { isUtf8 } from 'node:buffer';
import type { AmqpValue } from './amqp-value.ts';

const TRUE: AmqpValue = { type: 'boolean', value: true };
const FALSE: AmqpValue = { type: 'boolean', value: false };
const NULL: AmqpValue = { type: 'null', value: null };

/** Elements of an array that have no bytes of their own (`true`, 0, an empty list): more of them than this are no message. */
const MAX_EMPTY_ELEMENTS = 65_536;

/**
 * Reads AMQP 1.0 values with nothing lost: rhea's own reader rounds 64-bit numbers and forgets types. Throws RangeError where bytes
 * end early, and where they are not what their own sizes and counts say.
 */
export class AmqpReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Bytes read so far. */
  get at(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  read(): AmqpValue {
    const code = this.#uint(1);
    return code === 0 ? { type: 'described', value: [this.read(), this.read()] } : this.#value(code);
  }

  #value(code: number): AmqpValue {
    switch (code) {
      case 0x40:
        return NULL;
      case 0x41:
        return TRUE;
      case 0x42:
        return FALSE;
      case 0x56:
        return this.#uint(1) === 0 ? FALSE : TRUE;
      case 0x50:
        return { type: 'ubyte', value: this.#uint(1) };
      case 0x60:
        return { type: 'ushort', value: this.#uint(2) };
      case 0x70:
        return { type: 'uint', value: this.#uint(4) };
      case 0x52:
        return { type: 'uint', value: this.#uint(1) };
      case 0x43:
        return { type: 'uint', value: 0 };
      case 0x80:
        return { type: 'ulong', value: this.#take(8).readBigUInt64BE() };
      case 0x53:
        return { type: 'ulong', value: BigInt(this.#uint(1)) };
      case 0x44:
        return { type: 'ulong', value: 0n };
      case 0x51:
        return { type: 'byte', value: this.#take(1).readInt8() };
      case 0x61:
        return { type: 'short', value: this.#take(2).readInt16BE() };
      case 0x71:
        return { type: 'int', value: this.#take(4).readInt32BE() };
      case 0x54:
        return { type: 'int', value: this.#take(1).readInt8() };
      case 0x81:
        return { type: 'long', value: this.#take(8).readBigInt64BE() };
      case 0x55:
        return { type: 'long', value: BigInt(this.#take(1).readInt8()) };
      case 0x72:
        return { type: 'float', value: this.#take(4).readFloatBE() };
      case 0x82:
        return { type: 'double', value: this.#take(8).readDoubleBE() };
      case 0x73:
        return { type: 'char', value: String.fromCodePoint(this.#uint(4)) };
      case 0x83:
        return { type: 'timestamp', value: this.#take(8).readBigInt64BE() };
      case 0x74:
        return { type: 'decimal32', value: this.#take(4) };
      case 0x84:
        return { type: 'decimal64', value: this.#take(8) };
      case 0x94:
        return { type: 'decimal128', value: this.#take(16) };
      case 0x98:
        return { type: 'uuid', value: this.#take(16) };
      case 0xa0:
      case 0xb0:
        return { type: 'binary', value: this.#sized(code) };
      case 0xa1:
      case 0xb1:
        return { type: 'string', value: utf8(this.#sized(code)) };
      case 0xa3:
      case 0xb3:
        return { type: 'symbol', value: this.#sized(code).toString('latin1') };
      case 0x45:
        return { type: 'list', value: [] };
      case 0xc0:
      case 0xd0:
        return { type: 'list', value: this.#compound(code, (count) => this.#items(count)) };
      case 0xc1:
      case 0xd1:
        return { type: 'map', value: this.#compound(code, (count) => this.#pairs(count)) };
      case 0xe0:
      case 0xf0:
        return { type: 'array', value: this.#compound(code, (count) => this.#array(count)) };
      default:
        throw new RangeError(`0x${code.toString(16)} is no type of AMQP 1.0`);
    }
  }

  /** What has parts: size and count stand before them, in one byte each or, for codes with an odd first digit, in four. */
  #compound<T>(code: number, read: (count: number) => T): T {
    const width = code % 0x20 < 0x10 ? 1 : 4;
    const end = this.#uint(width) + this.#at;
    if (end > this.#bytes.length) throw new RangeError('the message ends early');
    const value = read(this.#uint(width));
    if (this.#at !== end) throw new RangeError('its parts are not of the size that it says');
    return value;
  }

  #items(count: number): AmqpValue[] {
    this.#expect(count);
    return Array.from({ length: count }, () => this.read());
  }

  #pairs(count: number): Array<[AmqpValue, AmqpValue]> {
    this.#expect(count);
    if (count % 2 !== 0) throw new RangeError('a map with a key that has no value');
    return Array.from({ length: count / 2 }, () => [this.read(), this.read()]);
  }

  /** One constructor stands before all elements. */
  #array(count: number): AmqpValue[] {
    const code = this.#uint(1);
    const descriptor = code === 0 ? this.read() : undefined;
    const element = code === 0 ? this.#uint(1) : code;
    if (count > MAX_EMPTY_ELEMENTS) this.#expect(count);
    const read = (): AmqpValue => {
      const value = this.#value(element);
      return descriptor === undefined ? value : { type: 'described', value: [descriptor, value] };
    };
    return Array.from({ length: count }, read);
  }

  /** Nothing is made room for that the message can't hold. */
  #expect(bytes: number): void {
    if (bytes > this.#bytes.length - this.#at) throw new RangeError('the message ends early');
  }

  #sized(code: number): Buffer {
    return this.#take(this.#uint(code < 0xb0 ? 1 : 4));
  }

  #uint(width: number): number {
    const value = this.#bytes.readUIntBE(this.#at, width);
    this.#at += width;
    return value;
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the message ends early');
    const slice = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return slice;
  }
}

/** Bytes that are no text would become others. */
function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new RangeError('a text is no UTF-8');
  return bytes.toString('utf8');
}
