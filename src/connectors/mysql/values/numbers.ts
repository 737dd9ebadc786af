/** Without the zeros of ZEROFILL, which are no part of the value. */
export const withoutLeadingZeros = (text: string): string => text.replace(/^(-?)0+(?=\d)/, '$1');

/** JSON of the shortest decimal number that stands for this single-precision one, as MySQL's own clients show it. */
export function floatJson(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return JSON.stringify(shorter);
  }
  return JSON.stringify(Number(value.toPrecision(9)));
}
