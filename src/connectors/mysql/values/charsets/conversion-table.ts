import { isAscii } from 'node:buffer';
import type { MysqlServer } from '../../server/server.ts';
import { quoteName } from '../../tables/table-name.ts';
import { type ToUtf8, UNKNOWN, Utf8Writer } from './unicode.ts';

const NONE = -1;

/** Code points of the byte sequences of one character set, as a server converts them. */
class ConversionTable {
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

const ANY: ByteSpan = [0x00, 0xff];
/** Behind each sequence: no second byte of any, so that what is cut short does not look like a whole one. */
const END = '\n';

/** Has the server convert every sequence of a character set. Some 26,000 for one of two bytes: a quarter of a second. */
export async function readConversionTable(server: MysqlServer, charset: string, sequences: Sequences): Promise<ConversionTable> {
  const table = new ConversionTable();
  for (const spans of [[ANY], ...sequences]) {
    for (const [sequence, text] of await server.queryBytes(conversions(charset, spans))) {
      const [point, ...rest] = [...(text?.toString() ?? '')];
      // More characters than one are those of several sequences.
      if (sequence === undefined || sequence === null || point === undefined || rest.join('') !== END) continue;
      if (spans.length === 1 && point === '?' && sequence[0] !== UNKNOWN) continue;
      if (spans.length === 1 || !table.has(sequence[0] as number)) table.add(Buffer.from(sequence), point.codePointAt(0) as number);
    }
  }
  return table;
}

function conversions(charset: string, spans: readonly ByteSpan[]): string {
  const sequence = `CONCAT(${spans.map((_, place) => `p${place}.b`).join(', ')})`;
  const text = `CAST(CONCAT(${sequence}, x'0a') AS CHAR CHARACTER SET ${quoteName(charset)})`;
  const from = spans.map((span, place) => `(${bytesOf(span)}) AS p${place}`).join(' CROSS JOIN ');
  return `SELECT ${sequence}, CONVERT(${text} USING utf8mb4) FROM ${from}`;
}

function bytesOf([first, last]: ByteSpan): string {
  const hex = Array.from({ length: last - first + 1 }, (_, index) => (first + index).toString(16).padStart(2, '0'));
  return hex.map((byte) => `SELECT x'${byte}' AS b`).join(' UNION ALL ');
}

/** Bytes that may stand at one place of a sequence, from the first to the last. */
type ByteSpan = readonly [first: number, last: number];

/** The sequences of several bytes that may be characters, each a span for every byte. Single bytes always may. */
type Sequences = ReadonlyArray<readonly ByteSpan[]>;

const pairs: readonly ByteSpan[] = [
  [0x80, 0xff],
  [0x30, 0xff],
];
/** The third plane of the Japanese sets for Unix. */
const triples: readonly ByteSpan[] = [
  [0x8f, 0x8f],
  [0x80, 0xff],
  [0x80, 0xff],
];
/** Characters of four bytes that Unicode has among its first 65,536; all others follow from a rule. */
const quadruples: readonly ByteSpan[] = [
  [0x81, 0x84],
  [0x30, 0x39],
  [0x81, 0xfe],
  [0x30, 0x39],
];

const MULTI_BYTE: Readonly<Record<string, Sequences>> = {
  ...{ big5: [pairs], cp932: [pairs], euckr: [pairs], gb2312: [pairs], gbk: [pairs], sjis: [pairs] },
  ...{ eucjpms: [pairs, triples], ujis: [pairs, triples], gb18030: [pairs, quadruples] },
};

/** Undefined of a character set whose characters may have any form. `maxBytes`: of one character, as the server says. */
export const sequencesOf = (charset: string, maxBytes: number): Sequences | undefined =>
  MULTI_BYTE[charset] ?? (maxBytes === 1 ? [] : undefined);

/** The first value of each of the four bytes of a character behind Unicode's first 65,536, and for how many characters one more stands. */
const GB18030_BYTES = [
  { first: 0x90, last: 0xe3, weight: 12_600 },
  { first: 0x30, last: 0x39, weight: 1_260 },
  { first: 0x81, last: 0xfe, weight: 10 },
  { first: 0x30, last: 0x39, weight: 1 },
] as const;

/** The code point of four bytes in GB 18030; undefined where they are not such a character. */
export function gb18030Point(bytes: Buffer, at: number): number | undefined {
  let point = 0x1_0000;
  for (const [index, { first, last, weight }] of GB18030_BYTES.entries()) {
    const byte = bytes[at + index] as number;
    if (!(byte >= first && byte <= last)) return undefined;
    point += (byte - first) * weight;
  }
  return point <= 0x10_ffff ? point : undefined;
}
