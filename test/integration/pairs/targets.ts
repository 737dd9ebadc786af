import { expect } from '@jest/globals';
import type { GetMessage } from 'amqplib';
import type { Message } from 'rhea';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { RabbitmqQueues, rabbitmqOptions } from '../../../infra/local/rabbitmq-queues.ts';
import { takeMessages } from '../../support/activemq-messages.ts';
import { uniqueName } from '../../support/names.ts';
import { waitingMessages } from '../../support/rabbitmq-messages.ts';
import { stackAddresses } from '../../support/stack.ts';
import { type Arrived, type Content, contentOf, grouped, type Travelling } from './content.ts';
import type { End } from './pair-lab.ts';

const PARTITIONS = 3;
/** Any id of a record: `connector/partition/id`. */
const RECORD_ID = /^[^/]+\/.+\/.+$/;

/** A place where a sink writes, and its own client reads. */
export interface Target {
  readonly end: End;
  read(): Promise<Arrived[]>;
  remove(): Promise<void>;
}

export async function kafkaTarget(): Promise<Target> {
  const { kafka: bootstrapServers } = await stackAddresses();
  const topics = new KafkaTopics(bootstrapServers);
  const topic = uniqueName('pair');
  await topics.create(topic, PARTITIONS);
  return {
    end: { type: 'kafka-sink', options: { bootstrapServers, topic, partition: 'queue' } },
    async read() {
      const records: Arrived[] = [];
      for (const [partition, end] of ((await topics.endOffsets(topic)) ?? []).entries())
        for await (const chunk of topics.read(topic, partition, 0, end))
          for (const { key, value, headers, timestamp } of chunk)
            records.push({ key: contentOf(key), value: contentOf(value), headers: grouped(headers), timestamp });
      return records;
    },
    async remove() {
      await topics.delete(topic);
      await topics.close();
    },
  };
}

/** Kafka has all of a record, its headers as bytes. */
export const inKafka = ({ key, value, headers, timestamp }: Travelling): Arrived => ({ key, value, headers, timestamp });

export async function rabbitmqTarget(): Promise<Target> {
  const { rabbitmq } = await stackAddresses();
  const queue = uniqueName('pair');
  const queues = await RabbitmqQueues.open(rabbitmq);
  await queues.create(queue);
  return {
    end: { type: 'rabbitmq-sink', options: { ...rabbitmqOptions(rabbitmq), routingKey: queue } },
    read: async () => (await waitingMessages(rabbitmq, queue)).map(fromRabbitmq),
    async remove() {
      await queues.delete(queue);
      await queues.close();
    },
  };
}

function fromRabbitmq({ content, properties }: GetMessage): Arrived {
  const { messageId: id, timestamp, headers = {} } = properties;
  const readable = Object.entries<unknown>(headers).map(([name, value]) => [name, readableOf(value)]);
  return { id, value: contentOf(content), headers: Object.fromEntries(readable), timestamp: timestamp && timestamp * 1_000 };
}

const readableOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(readableOf);
  return Buffer.isBuffer(value) ? { base64: value.toString('base64') } : value;
};

/** RabbitMQ has no null value, no key and no parts of seconds. */
export const inRabbitmq = ({ key, value, headers, timestamp }: Travelling): Arrived => ({
  id: expect.stringMatching(RECORD_ID),
  value: value ?? '',
  headers: {
    ...Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.length === 1 ? values[0] : values])),
    ...(key !== null && { 'connect-key': key }),
    ...(value === null && { 'connect-value': 'null' }),
  },
  timestamp: Math.floor(timestamp / 1_000) * 1_000,
});

/** On Classic or Artemis. */
export async function activemqTarget(broker: 'activemq' | 'artemis'): Promise<Target> {
  const url = (await stackAddresses())[broker];
  const queue = uniqueName('pair');
  return {
    end: { type: 'activemq-sink', options: { url, destination: queue, connectTimeoutMs: 30_000, idleTimeoutMs: 120_000 } },
    read: async () => (await takeMessages(url, queue)).map(fromActivemq),
    remove: async () => {},
  };
}

function fromActivemq({ message_id: id, body, application_properties: properties, creation_time: time }: Message): Arrived {
  // By it Artemis drops repeats.
  const { _AMQ_DUPL_ID: _, ...own } = (properties ?? {}) as Record<string, unknown>;
  const headers = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, readableOf(value)]));
  const content = body === null || body === undefined ? null : contentOf((body as { readonly content: Buffer }).content);
  return { id, value: content, headers, timestamp: time?.getTime() };
}

/** AMQP 1.0 has a message without a body for null, and each property once. */
export const inActivemq = ({ key, value, headers, timestamp }: Travelling): Arrived => ({
  id: expect.stringMatching(RECORD_ID),
  value,
  headers: {
    ...Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.length === 1 ? values[0] : asJson(values)])),
    ...(key !== null && { 'connect-key': key }),
  },
  timestamp,
});

const asJson = (values: readonly Content[]): string =>
  JSON.stringify(values.map((value) => (value !== null && typeof value === 'object' ? { binary: value.base64 } : value)));
