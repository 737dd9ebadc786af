/** Bytes that may stand at one place of a sequence, from the first to the last. */
export type ByteSpan = readonly [first: number, last: number];

/** The sequences of several bytes that may be characters, each a span for every byte. Single bytes always may. */
export type Sequences = ReadonlyArray<readonly ByteSpan[]>;

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
