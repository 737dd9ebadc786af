/** The zigzag-encoded integer of up to 64 bits at `at`, exact. */
export function exactVarlong(buffer: Buffer, at: number): bigint {
  let value = 0n;
  for (let shift = 0n, next = at; ; shift += 7n, next += 1) {
    const byte = buffer[next] as number;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte <= 0x7f) return (value >> 1n) ^ -(value & 1n);
  }
}
