/** Reads what stands in a buffer one after the other, in network byte order. Throws RangeError past its end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next byte as a character. */
  tag(): string {
    return String.fromCharCode(this.uint8());
  }

  int8(): number {
    return this.#bytes.readInt8(this.#skip(1));
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#skip(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#skip(2));
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#skip(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#skip(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#skip(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#skip(8));
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#skip(8));
  }

  float(): number {
    return this.#bytes.readFloatBE(this.#skip(4));
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#skip(8));
  }

  /** The next bytes, not copied. */
  take(length: number): Buffer {
    const from = this.#skip(length);
    if (this.#at > this.#bytes.length) throw new RangeError(`${length} bytes at ${from} pass the end of ${this.#bytes.length}`);
    return this.#bytes.subarray(from, this.#at);
  }

  /** A reader for the next bytes alone. */
  part(length: number): ByteReader {
    return new ByteReader(this.take(length));
  }

  #skip(length: number): number {
    this.#at += length;
    return this.#at - length;
  }
}
