/** Numbers whose double is exact. */
const EXACT = 2 ** 52;

/** How many bytes a zigzag-encoded integer of 32 bits takes. */
export function varintBytes(value: number): number {
  let rest = zigzag(value);
  let bytes = 1;
  for (; rest > 0x7f; rest >>>= 7) bytes += 1;
  return bytes;
}

/** Writes it, and returns the place behind it. */
export function writeVarint(buffer: Buffer, start: number, value: number): number {
  let at = start;
  let rest = zigzag(value);
  for (; rest > 0x7f; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
  buffer[at++] = rest;
  return at;
}

/** The same for integers of 64 bits. */
export function varlongBytes(value: number | bigint): number {
  if (typeof value === 'bigint') return Math.max(1, Math.ceil(zigzag64(value).toString(2).length / 7));
  let bytes = 1;
  for (let rest = zigzagExact(value); rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

export function writeVarlong(buffer: Buffer, start: number, value: number | bigint): number {
  let at = start;
  if (typeof value === 'bigint') {
    let rest = zigzag64(value);
    for (; rest > 0x7fn; rest >>= 7n) buffer[at++] = Number(rest & 0x7fn) | 0x80;
    buffer[at++] = Number(rest);
    return at;
  }
  let rest = zigzagExact(value);
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) buffer[at++] = (rest % 0x80) | 0x80;
  buffer[at++] = rest;
  return at;
}

/** How far `time` is from `base`, both integers of 64 bits: a number where that is exact. */
export function distance(time: number | bigint, base: number | bigint): number | bigint {
  if (typeof time === 'number' && typeof base === 'number') {
    const apart = time - base;
    if (Math.abs(apart) < EXACT && Math.abs(time) < EXACT && Math.abs(base) < EXACT) return apart;
  }
  return BigInt.asIntN(64, BigInt(time) - BigInt(base));
}

const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;
const zigzagExact = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2);
const zigzag64 = (value: bigint): bigint => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
