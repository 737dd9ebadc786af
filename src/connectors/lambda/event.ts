import type { Header, SinkRecord } from '../../api/index.ts';
import { withUserNames } from '../../kit/index.ts';

/** Lambda takes events that are smaller. */
export const EVENT_LIMIT_BYTES = 6 * 1024 * 1024;

export interface KafkaEvent {
  readonly payload: Uint8Array;
  /** How many records it holds. */
  readonly count: number;
}

/** Name of a partition as Kafka's events and their answers have it: `orders-3`. */
export const partitionName = (topic: string, partition: number): string => `${topic}-${partition}`;

/**
 * The event of an event source mapping for Kafka with the first of these records, in their order: as many as Lambda takes, and no more than
 * `most`. A count of 0 means that not even the first one fits; `payload` is then what it would be.
 */
export function kafkaEvent(records: readonly SinkRecord[], partition: number, most: number): KafkaEvent {
  const [first] = records;
  const head = `{"eventSource":"SelfManagedKafka","records":{${JSON.stringify(partitionName(first?.topic ?? '', partition))}:[`;
  const parts: Buffer[] = [];
  let bytes = TAIL.length;
  for (const record of records.slice(0, most)) {
    const part = Buffer.from(`${parts.length === 0 ? head : ','}${recordText(record, partition)}`);
    if (parts.length > 0 && bytes + part.length >= EVENT_LIMIT_BYTES) break;
    parts.push(part);
    bytes += part.length;
  }
  const payload = Buffer.concat([...parts, TAIL]);
  return { payload, count: payload.length < EVENT_LIMIT_BYTES ? parts.length : 0 };
}

const TAIL = Buffer.from(']}}');

/** One record, as JSON. Times beyond what a number of JavaScript holds keep all their digits. */
function recordText(record: SinkRecord, partition: number): string {
  const { topic, offset, key, value, timestamp, bornAt } = record;
  const fields = [
    `"topic":${JSON.stringify(topic)},"partition":${partition},"offset":${offset}`,
    `"timestamp":${timestamp ?? bornAt},"timestampType":"CREATE_TIME"`,
    `"key":${base64(key)},"value":${base64(value)}`,
    `"headers":${JSON.stringify([...withUserNames(record.headers), ...ownHeaders(record)].map(headerObject))}`,
  ];
  return `{${fields.join(',')}}`;
}

const base64 = (bytes: Buffer | null): string => (bytes === null ? 'null' : `"${bytes.toString('base64')}"`);

/** What RocketMQ knows of a message, and Kafka has no place for. */
function ownHeaders({ partition, messageId, tag, orderingKey, sourceKey }: SinkRecord): Header[] {
  const given = { queue: partition, 'message-id': messageId, tag, 'message-group': orderingKey, 'source-key': sourceKey };
  return Object.entries(given)
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => ({ name: `rocketmq-${name}`, value: Buffer.from(text as string) }));
}

/** Kafka's events have bytes as numbers. They have no `null`: libraries that read them take a list for granted. */
const headerObject = ({ name, value }: Header): object => ({ [name]: [...(value ?? [])] });
