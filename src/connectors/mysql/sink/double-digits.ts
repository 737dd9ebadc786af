const WHOLE_NUMBER = /^[+-]?\d+$/;
/** No DOUBLE keeps more, and no program needs more to write one. */
const DOUBLE_DIGITS = 17;
/** A DOUBLE keeps all numbers that are shorter as a text. */
const SAFE_LENGTH = 15;

export const isWholeNumber = (number: string): boolean => WHOLE_NUMBER.test(number);

/** Whether a DOUBLE is the whole number, or gives back the digits of any other, but for zeros in front and behind. */
export function fitsDouble(number: string): boolean {
  const kept = Number(number);
  if (!Number.isFinite(kept)) return false;
  if (isWholeNumber(number)) return BigInt(kept) === BigInt(number);
  const digits = digitsOf(number);
  return digits === '' || (digits.length <= DOUBLE_DIGITS && digitsOf(kept.toPrecision(digits.length)) === digits);
}

/** Whether a program may have written a DOUBLE like this. Some write zeros for the last digits of a large one. */
export function mayBeDouble(number: string): boolean {
  if (number.length <= SAFE_LENGTH || fitsDouble(number)) return true;
  const digits = digitsOf(number);
  return isWholeNumber(number) ? digits === digitsOf(String(Number(number))) : digits.length <= DOUBLE_DIGITS;
}

const digitsOf = (number: string): string =>
  number
    .replace(/[eE].*$/, '')
    .replace(/[-+.]/g, '')
    .replace(/^0+|0+$/g, '');
