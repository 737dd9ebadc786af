/** UTF-8 of a text in another character set, as the server gives it to a session with `utf8mb4`. */
export type ToUtf8 = (bytes: Buffer) => Buffer;

const asItIs: ToUtf8 = (bytes) => bytes;

/** Character sets of Unicode itself, whose bytes follow from a rule. */
export const UNICODE: Readonly<Record<string, ToUtf8>> = {
  utf8: asItIs,
  utf8mb3: asItIs,
  utf8mb4: asItIs,
  ucs2: (bytes) => units(bytes, 2, (at) => bytes.readUInt16BE(at)),
  utf32: (bytes) => units(bytes, 4, (at) => bytes.readUInt32BE(at)),
  utf16: (bytes) => pairs(bytes, (at) => bytes.readUInt16BE(at)),
  utf16le: (bytes) => pairs(bytes, (at) => bytes.readUInt16LE(at)),
};

function units(bytes: Buffer, size: number, read: (at: number) => number): Buffer {
  const utf8 = new Utf8Writer(bytes);
  for (let at = 0; at + size <= bytes.length; at += size) utf8.add(read(at));
  return utf8.take();
}

function pairs(bytes: Buffer, read: (at: number) => number): Buffer {
  const utf8 = new Utf8Writer(bytes);
  for (let at = 0; at + 2 <= bytes.length; at += 2) {
    const unit = read(at);
    if (unit < 0xd800 || unit > 0xdfff) utf8.add(unit);
    else if (at + 4 <= bytes.length) {
      utf8.add(0x1_0000 + ((unit & 0x3ff) << 10) + (read(at + 2) & 0x3ff));
      at += 2;
    } else utf8.add(UNKNOWN);
  }
  return utf8.take();
}

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
