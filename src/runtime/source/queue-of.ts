import type { SourceRecord } from '../../api/index.ts';
import { hashText } from '../../kit/index.ts';

/** The queue of a record: one ordering key, one queue, whichever task or invocation sends it. */
export function queueOf(record: SourceRecord, queues: number): number {
  const key = record.orderingKey ?? record.partition;
  return (typeof key === 'number' ? key : hashText(key)) % queues;
}
