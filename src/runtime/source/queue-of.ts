import type { SourceRecord } from '../../api/index.ts';
import { hashText } from '../../kit/index.ts';

/** Returns the queue of a record. Records with one ordering key have one queue, whichever task or invocation sends them. */
export function queueOf(record: SourceRecord, queues: number): number {
  const key = record.orderingKey ?? record.partition;
  return (typeof key === 'number' ? key : hashText(key)) % queues;
}
