import { createHash } from 'node:crypto';

/** A proxy takes shorter groups than its maxMessageGroupSize, which is 64 by default. */
const MAX_BYTES = 63;

/** Returns the message group itself where a proxy takes it, and otherwise its SHA-256 in 43 characters. */
export const shortGroup = (group: string): string =>
  Buffer.byteLength(group) <= MAX_BYTES ? group : createHash('sha256').update(group).digest('base64url');
