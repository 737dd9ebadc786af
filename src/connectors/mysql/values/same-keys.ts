/** What JSON writes for characters that texts rarely hold; and characters beyond U+FFFF, which older collations take for one another. */
const IGNORED = /\\(?:u[0-9a-f]{4}|.)|[\u{10000}-\u{10ffff}]/giu;
const NO_DIGIT = /[^0-9]+/g;
const OTHER_DIGIT = /\p{Nd}/gu;
const IS_DIGIT = /^\p{Nd}$/u;

/**
 * What two keys have in common that the server may take for one. Collations ignore case, accents, spaces and more, and take letters for
 * others (`ß` for `s`, `aa` for `å`), but all of them tell the ten digits apart, in whichever script they are written.
 */
export function digitsOf(key: string): string {
  const plain = key.replace(IGNORED, '').normalize('NFKD');
  return plain.replace(OTHER_DIGIT, asciiDigit).replace(NO_DIGIT, '');
}

/** Scripts have their digits one after the other, from 0 to 9. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) as number;
  if (code < 0x80) return digit;
  let zero = code;
  while (code - zero < 9 && IS_DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(code - zero);
}
