import { randomBytes } from 'node:crypto';

/** A name for a topic, table, connector or group that no other test, run or repetition uses: `orders-k3x9...`. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${Date.now().toString(36)}${randomBytes(4).toString('hex')}`;
}
