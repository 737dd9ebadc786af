const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/** The 32-bit hash by which Kafka's Java client spreads keys over partitions. May be negative. */
export function murmur2(data: Buffer): number {
  const whole = data.length & ~3;
  let hash = SEED ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), MIX);
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  const rest = data.length - whole;
  if (rest > 0) hash = Math.imul(hash ^ data.readUIntLE(whole, rest), MIX);
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}

/** The partition that Kafka's Java client gives a key. */
export const partitionOfKey = (key: Buffer, partitions: number): number => (murmur2(key) & 0x7fff_ffff) % partitions;
