import { ConnectError, type SinkRecord } from '../api/index.ts';
import { contentOf, keysOf, type MappedRecord, messageToRecord } from './record-mapping.ts';
import type { OutgoingMessage, QueuesModule, StoredMessage } from './types.ts';

/** See `QueuesModule`. */
export const messageToSinkRecord: QueuesModule['messageToSinkRecord'] = (topic, partition, message): SinkRecord => {
  const { properties, offset, bornAt, storedAt } = message;
  if (message.compressed) throw refused('its body is damaged, or compressed in an unknown way');
  const { key, value, headers, timestamp, sourceKey } = readRecord(message);
  const messageId = properties.get('UNIQ_KEY');
  const tag = properties.get('TAGS');
  const orderingKey = properties.get('__SHARDINGKEY');
  const record: { -readonly [name in keyof SinkRecord]: SinkRecord[name] } = {
    key,
    value,
    headers,
    topic,
    partition,
    offset,
    bornAt,
    storedAt,
  };
  if (timestamp !== undefined) record.timestamp = timestamp;
  if (sourceKey !== undefined) record.sourceKey = sourceKey;
  if (messageId !== undefined) record.messageId = messageId;
  if (tag !== undefined) record.tag = tag;
  if (orderingKey !== undefined) record.orderingKey = orderingKey;
  return record;
};

function readRecord({ body, properties }: StoredMessage): MappedRecord {
  try {
    return messageToRecord({ body, keys: keysOf(properties), properties });
  } catch (error) {
    throw refused(`its connect-* properties are not those that this product writes: ${(error as Error).message}`);
  }
}

const refused = (reason: string) =>
  new ConnectError('RECORD_REFUSED', reason, { remedy: 'find out by `rocketmq-connect peek` which program sent it' });

/** See `QueuesModule`. */
export function storedToMessage({ body, properties }: StoredMessage): OutgoingMessage {
  const content = contentOf(body, properties);
  const tag = properties.get('TAGS');
  return { ...content, keys: content.keys.filter((key) => key !== ''), ...(tag !== undefined && { tag }) };
}
