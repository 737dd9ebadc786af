/** The first value of each of the four bytes of a character behind Unicode's first 65,536, and for how many characters one more stands. */
const BYTES = [
  { first: 0x90, last: 0xe3, weight: 12_600 },
  { first: 0x30, last: 0x39, weight: 1_260 },
  { first: 0x81, last: 0xfe, weight: 10 },
  { first: 0x30, last: 0x39, weight: 1 },
] as const;

/** The code point of four bytes in GB 18030; undefined where they are not such a character. */
export function gb18030Point(bytes: Buffer, at: number): number | undefined {
  let point = 0x1_0000;
  for (const [index, { first, last, weight }] of BYTES.entries()) {
    const byte = bytes[at + index] as number;
    if (!(byte >= first && byte <= last)) return undefined;
    point += (byte - first) * weight;
  }
  return point <= 0x10_ffff ? point : undefined;
}
