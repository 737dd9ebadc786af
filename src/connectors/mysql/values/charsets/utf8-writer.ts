/** What the server gives where bytes stand for no character. */
export const UNKNOWN = 0x3f;

/** A text of any character set becomes at most so many times longer. */
const GROWTH = 3;

/**
 * Makes UTF-8 of code points as the server does, which knows no surrogates: halves of a pair in a column of UCS-2 become three bytes each.
 */
export class Utf8Writer {
  readonly #bytes: Buffer;
  #length = 0;

  /** `source`: the text in its own character set. */
  constructor(source: Buffer) {
    this.#bytes = Buffer.allocUnsafe(source.length * GROWTH);
  }

  add(point: number): void {
    if (point < 0x80) {
      this.#put(point);
      return;
    }
    const further = point < 0x800 ? 1 : point < 0x1_0000 ? 2 : 3;
    this.#put(((0xff << (7 - further)) & 0xff) | (point >> (6 * further)));
    for (let left = further - 1; left >= 0; left -= 1) this.#put(0x80 | ((point >> (6 * left)) & 0x3f));
  }

  take(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #put(byte: number): void {
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }
}
