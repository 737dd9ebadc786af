import { ConnectError, type SinkRecord } from '../../../api/index.ts';
import { withUserNames } from '../../../kit/index.ts';
import type { OutgoingRecord } from '../protocol/produce/encode-records.ts';

/** Stands for the RocketMQ topic's name. */
const TOPIC = '{{topic}}';

/** The Kafka topic of records of a RocketMQ topic. */
export const targetTopic = (template: string, rocketmqTopic: string): string => template.replaceAll(TOPIC, rocketmqTopic);

/** With what transactional ids begin. Connectors' names have no colon, so that no id is one of another connector. */
export const idPrefix = ({ transactionalIdPrefix }: { readonly transactionalIdPrefix?: string }, connector: string): string =>
  transactionalIdPrefix ?? `connect-${connector}:`;

/** Whether Kafka can have a topic of this name. */
export const isTopicName = (name: string): boolean => /^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';

/** What Kafka stores of a record. One without a time of its own has that of its message. */
export function outgoing({ key, value, headers, timestamp, bornAt }: SinkRecord): OutgoingRecord | ConnectError {
  const time = timestamp ?? bornAt;
  if (isTime(time)) return { key, value, headers: withUserNames(headers), timestamp: time };
  return new ConnectError('RECORD_REFUSED', `${time} is no time that Kafka has`, {
    remedy: 'let its producer write milliseconds since 1970',
  });
}

const isTime = (time: number | bigint): boolean =>
  typeof time === 'number' ? Number.isSafeInteger(time) : BigInt.asIntN(64, time) === time;
