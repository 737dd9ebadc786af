import type { ReadMessage } from './read-message.ts';

/**
 * Returns what orders a message among others of its queue, as bytes in a text (latin1): its ordering key, else its key. Undefined for one that
 * has neither, or that is no record.
 */
export function orderingKeyOf({ record }: ReadMessage): string | undefined {
  if (record?.orderingKey !== undefined) return Buffer.from(record.orderingKey).toString('latin1');
  return record?.key?.toString('latin1');
}
