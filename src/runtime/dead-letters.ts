import type { SourceRecord } from '../api/index.ts';
import type { OutgoingMessage } from '../rocketmq/types.ts';

/** Longer reasons are cut, so that the reason can't be what makes a dead letter too large. */
const MAX_REASON_LENGTH = 500;

/**
 * The refused message as a dead letter, whole first, then less and less of it, for where RocketMQ can't take the whole.
 * The deterministic key is always there, so the record can be found at its source.
 */
export function deadLetters(message: OutgoingMessage, record: SourceRecord, topic: string, reason: string): OutgoingMessage[] {
  const why = new Map([
    ['connect-error-reason', reason.slice(0, MAX_REASON_LENGTH)],
    ['connect-error-topic', topic],
    ['connect-error-partition', record.partition],
    ['connect-error-position', record.id],
  ]);
  const keys = message.keys.slice(0, 1);
  const without = (omitted: string) => new Map([...why, ['connect-error-omitted', omitted]]);
  return [
    { ...message, properties: new Map([...message.properties, ...why]) },
    { body: message.body, keys, properties: without('key, headers') },
    { body: Buffer.from([0]), keys, properties: without('key, headers, value') },
  ];
}
