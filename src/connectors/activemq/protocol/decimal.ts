/** What the bytes of each type hold: `bias` is subtracted from the exponent, and `digits` is how many the coefficient may have. */
const FORMATS = {
  decimal32: { bytes: 4, exponentBits: 8, bias: 101, digits: 7 },
  decimal64: { bytes: 8, exponentBits: 10, bias: 398, digits: 16 },
  decimal128: { bytes: 16, exponentBits: 14, bias: 6_176, digits: 34 },
} as const;

export type Decimal = keyof typeof FORMATS;

export const isDecimal = (type: string): type is Decimal => type in FORMATS;

/**
 * The digits of an IEEE 754 decimal, in the binary encoding that AMQP 1.0 prescribes: `-19.99`, `1.0E+400`,
 * `-0.00`, `NaN`. Written as the General Decimal Arithmetic specification says, so that zeros at the end and the exponent are kept.
 */
export function decimalText(content: Buffer, type: Decimal): string {
  const { bytes, exponentBits, bias, digits } = FORMATS[type];
  const width = bytes * 8;
  const value = BigInt(`0x${content.toString('hex')}`);
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

/** The inverse of `decimalText`. Undefined where the type can't be it. */
export function decimalBytes(text: string, type: Decimal): Buffer | undefined {
  const { bytes, exponentBits, bias, digits } = FORMATS[type];
  const width = BigInt(bytes * 8);
  const toBytes = (value: bigint) => Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');
  const sign = (text.startsWith('-') ? 1n : 0n) << (width - 1n);
  const special = { Infinity: 0b11110n, NaN: 0b111110n, sNaN: 0b111111n }[text.replace(/^-/, '')];
  if (special !== undefined) return toBytes(sign | (special << (width - (special > 0b11111n ? 7n : 6n))));
  const [, units, fraction = '', power = '0'] = /^-?(\d+)(?:\.(\d+))?(?:E([+-]\d{1,5}))?$/.exec(text) ?? [];
  if (units === undefined) return undefined;
  const coefficient = BigInt(units + fraction);
  const exponent = Number(power) - fraction.length + bias;
  if (String(coefficient).length > digits || exponent < 0 || exponent >= 3 * 2 ** (exponentBits - 2)) return undefined;
  const stored = width - 1n - BigInt(exponentBits);
  if (coefficient < 1n << stored) return toBytes(sign | (BigInt(exponent) << stored) | coefficient);
  const rest = coefficient - (1n << stored);
  return toBytes(sign | (0b11n << (width - 3n)) | (BigInt(exponent) << (stored - 2n)) | rest);
}

const mask = (bits: number): bigint => (1n << BigInt(bits)) - 1n;
