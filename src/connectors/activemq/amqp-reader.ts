import type { AmqpValue } from './amqp-value.ts';

const TRUE: AmqpValue = { type: 'boolean', value: true };
const FALSE: AmqpValue = { type: 'boolean', value: false };
const NULL: AmqpValue = { type: 'null', value: null };

/** Reads AMQP 1.0 values with nothing lost: rhea's own reader rounds 64-bit numbers and forgets types. Throws RangeError where bytes end early. */
export class AmqpReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
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
        return { type: 'string', value: this.#sized(code).toString('utf8') };
      case 0xa3:
      case 0xb3:
        return { type: 'symbol', value: this.#sized(code).toString('latin1') };
      case 0x45:
        return { type: 'list', value: [] };
      case 0xc0:
      case 0xd0:
        return { type: 'list', value: this.#items(this.#count(code)) };
      case 0xc1:
      case 0xd1:
        return { type: 'map', value: this.#pairs(this.#count(code)) };
      case 0xe0:
      case 0xf0:
        return { type: 'array', value: this.#array(this.#count(code)) };
      default:
        throw new RangeError(`0x${code.toString(16)} is no type of AMQP 1.0`);
    }
  }

  #items(count: number): AmqpValue[] {
    return Array.from({ length: count }, () => this.read());
  }

  #pairs(count: number): Array<[AmqpValue, AmqpValue]> {
    return Array.from({ length: count / 2 }, () => [this.read(), this.read()]);
  }

  /** One constructor stands before all elements. */
  #array(count: number): AmqpValue[] {
    const code = this.#uint(1);
    if (code !== 0) return Array.from({ length: count }, () => this.#value(code));
    const descriptor = this.read();
    const described = this.#uint(1);
    return Array.from({ length: count }, () => ({ type: 'described', value: [descriptor, this.#value(described)] }));
  }

  /** The upper half of a type's code tells the width of size and count. */
  #count(code: number): number {
    const width = code % 0x20 < 0x10 ? 1 : 4;
    this.#uint(width);
    return this.#uint(width);
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
