/** Nine digits are kept in four bytes, fewer in as many as they need. */
const GROUP = 9;
const BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4] as const;

const bytesOf = (digits: number): number => 4 * Math.floor(digits / GROUP) + (BYTES[digits % GROUP] as number);

/** The text of MySQL's binary form of a DECIMAL(precision, scale): `-1.50`. */
export function binaryDecimalText(bytes: Buffer, precision: number, scale: number): string {
  const length = bytesOf(precision - scale) + bytesOf(scale);
  const positive = ((bytes[0] as number) & 0x80) !== 0;
  const plain = Buffer.from(bytes.subarray(0, length).map((byte) => (positive ? byte : ~byte)));
  plain[0] = (plain[0] as number) ^ 0x80;
  let at = 0;
  const read = (digits: number): string => {
    const size = bytesOf(digits);
    const value = size === 0 ? 0 : plain.readUIntBE(at, size);
    at += size;
    return digits === 0 ? '' : String(value).padStart(digits, '0');
  };
  const groups = (count: number): string => Array.from({ length: count }, () => read(GROUP)).join('');
  const whole = read((precision - scale) % GROUP) + groups(Math.floor((precision - scale) / GROUP));
  const rest = groups(Math.floor(scale / GROUP)) + read(scale % GROUP);
  return `${positive ? '' : '-'}${whole.replace(/^0+/, '') || '0'}${scale === 0 ? '' : `.${rest}`}`;
}
