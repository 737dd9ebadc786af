import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { SinkRecord } from '../api/record.ts';

/** What ids that are not text begin with, and text that would look like one of them. */
const MARKED = /^(binary|string|uuid|u?long):/;

/**
 * A record's id from the id that a message has, so that two messages share one only where theirs is the same. `type`: the system's
 * name for what the id is, where it knows other ids than text. Text stays as it is; bytes that are no text are `binary:ff00`, in
 * hexadecimal; another type is `uuid:...`, `ulong:42`. Text that looks like one of these is `string:binary:ff00`.
 */
export function messageIdOf(bytes: Buffer, type = 'string'): string {
  if (type === 'binary' || !isUtf8(bytes)) return `binary:${bytes.toString('hex')}`;
  const text = bytes.toString();
  if (type !== 'string') return `${type}:${text}`;
  return MARKED.test(text) ? `string:${text}` : text;
}

/**
 * A name for a record on its way to a system that wants ids of so many bytes at most, the same each time it is written: a source's name for
 * it, else RocketMQ's id of the message, else its place. A longer one is its hash.
 */
export function recordIdOf({ sourceKey, messageId, partition, offset }: SinkRecord, maxBytes: number): string {
  const id = sourceKey ?? messageId ?? `${partition}@${offset}`;
  return Buffer.byteLength(id) <= maxBytes ? id : createHash('sha256').update(id).digest('hex');
}
