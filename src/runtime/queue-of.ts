import type { SourceRecord } from '../api/index.ts';

/** The queue of a record: one ordering key, one queue, whichever task or invocation sends it. */
export function queueOf(record: SourceRecord, queues: number): number {
  const key = record.orderingKey ?? record.partition;
  return (typeof key === 'number' ? key : fnv1a(key)) % queues;
}

/** FNV-1a, 32 bits: must never change, or records of one key would change their queue. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
