/** Bits of the exponent, and what is subtracted from it, by the number of bytes. */
const FORMATS: Readonly<Record<number, { readonly exponentBits: number; readonly bias: number; readonly digits: number }>> = {
  4: { exponentBits: 8, bias: 101, digits: 7 },
  8: { exponentBits: 10, bias: 398, digits: 16 },
  16: { exponentBits: 14, bias: 6_176, digits: 34 },
};

/**
 * The digits of an IEEE 754 decimal of 4, 8 or 16 bytes, in the binary encoding that AMQP 1.0 prescribes: `-19.99`, `1.0E+400`,
 * `-0.00`, `NaN`. Written as the General Decimal Arithmetic specification says, so that zeros at the end and the exponent are kept.
 */
export function decimalText(bytes: Buffer): string {
  const { exponentBits, bias, digits } = FORMATS[bytes.length] as (typeof FORMATS)[number];
  const width = bytes.length * 8;
  const value = BigInt(`0x${bytes.toString('hex')}`);
  const sign = value >> BigInt(width - 1) === 1n ? '-' : '';
  const bits = (from: number, length: number) => Number((value >> BigInt(from)) & mask(length));
  const coefficientBits = width - 1 - exponentBits;
  // The two bits behind the sign tell whether three of the coefficient's are implied; four ones mean that there is no number.
  if (bits(width - 5, 4) === 0b1111) return sign + (bits(width - 6, 1) === 0 ? 'Infinity' : bits(width - 7, 1) === 0 ? 'NaN' : 'sNaN');
  const implied = bits(width - 3, 2) === 0b11;
  const stored = implied ? coefficientBits - 2 : coefficientBits;
  const exponent = bits(stored, exponentBits) - bias;
  const coefficient = (value & mask(stored)) | (implied ? 0b100n << BigInt(stored) : 0n);
  // The standard takes coefficients with too many digits for zero.
  return sign + scientific(coefficient < 10n ** BigInt(digits) ? coefficient : 0n, exponent);
}

function scientific(coefficient: bigint, exponent: number): string {
  const digits = String(coefficient);
  const adjusted = exponent + digits.length - 1;
  if (exponent > 0 || adjusted < -6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${digits[0]}${fraction}E${adjusted < 0 ? '-' : '+'}${Math.abs(adjusted)}`;
  }
  if (exponent === 0) return digits;
  const padded = digits.padStart(1 - exponent, '0');
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

const mask = (bits: number): bigint => (1n << BigInt(bits)) - 1n;
