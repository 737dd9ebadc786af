import { isAscii } from 'node:buffer';
import type { ToUtf8 } from './unicode.ts';
import { UNKNOWN, Utf8Writer } from './utf8-writer.ts';

const NONE = -1;

/** Code points of the byte sequences of one character set, as a server converts them. */
export class ConversionTable {
  readonly #ones = new Int32Array(0x100).fill(NONE);
  #twos: Int32Array | undefined;
  /** By length, then by the bytes as one number. */
  readonly #longer = new Map<number, Map<number, number>>();

  /** `point`: `UNKNOWN` where the bytes are a sequence and stand for no character. One that is not added is none. */
  add(sequence: Buffer, point: number): void {
    const { length } = sequence;
    const number = sequence.readUIntBE(0, length);
    if (length === 1) this.#ones[number] = point;
    else if (length === 2) {
      this.#twos ??= new Int32Array(0x1_0000).fill(NONE);
      this.#twos[number] = point;
    } else this.#longer.set(length, (this.#longer.get(length) ?? new Map<number, number>()).set(number, point));
  }

  /** Whether a byte alone is a character. */
  has(byte: number): boolean {
    return this.#ones[byte] !== NONE;
  }

  /** `rule`: gives the characters that are too many for a table. */
  converter(rule: (bytes: Buffer, at: number) => number | undefined = () => undefined): ToUtf8 {
    const holdsAscii = this.#ones.subarray(0, 0x80).every((point, byte) => point === byte);
    return (bytes) => {
      if (holdsAscii && isAscii(bytes)) return bytes;
      const utf8 = new Utf8Writer(bytes);
      for (let at = 0; at < bytes.length; ) {
        let length = 1;
        let point = this.#ones[bytes[at] as number] as number;
        if (point === NONE && this.#twos !== undefined && at + 1 < bytes.length) {
          length = 2;
          point = this.#twos[bytes.readUInt16BE(at)] as number;
        }
        for (const [size, points] of point === NONE ? this.#longer : []) {
          if (at + size > bytes.length) continue;
          length = size;
          point = points.get(bytes.readUIntBE(at, size)) ?? rule(bytes, at) ?? NONE;
        }
        utf8.add(point === NONE ? UNKNOWN : point);
        at += point === NONE ? 1 : length;
      }
      return utf8.take();
    };
  }
}
