import type { ReadMessage } from './read-message.ts';

/**
 * Returns what orders a message among others of its queue, as bytes in a text (latin1): its ordering key, else its key. Undefined for one that
 * has neither. The key of a message that is no record is not known.
 */
export function orderingKeyOf({ record, message }: Pick<ReadMessage, 'record' | 'message'>): string | undefined {
  const orderingKey = record === undefined ? message.properties.get('__SHARDINGKEY') : record.orderingKey;
  if (orderingKey !== undefined) return Buffer.from(orderingKey).toString('latin1');
  return record?.key?.toString('latin1');
}
