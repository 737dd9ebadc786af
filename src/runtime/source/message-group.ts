import { createHash } from 'node:crypto';
import type { SourceRecord } from '../../api/index.ts';

/** RocketMQ takes no longer group from its own clients. */
const MAX_BYTES = 64;

/**
 * Returns the message group of a record: its ordering key where that is text, and otherwise the name of its partition. Records with one
 * ordering key have one group, whichever task or invocation sends them.
 */
export const groupOf = ({ orderingKey, partition }: Pick<SourceRecord, 'orderingKey' | 'partition'>): string =>
  toGroup(typeof orderingKey === 'string' ? orderingKey : partition);

/** Returns the text itself where RocketMQ takes it as a message group, and otherwise its SHA-256 in 64 hexadecimal digits. */
export function toGroup(text: string): string {
  const fits = text.trim() !== '' && text.isWellFormed() && !/\p{Cc}/u.test(text) && Buffer.byteLength(text) <= MAX_BYTES;
  return fits ? text : createHash('sha256').update(text, 'utf16le').digest('hex');
}
