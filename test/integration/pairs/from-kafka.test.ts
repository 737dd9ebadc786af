import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { type KafkaMessage, KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { byPartition, contentOf, grouped, PLACE, type Travelling } from './content.ts';
import { bytes, bytesOrNull, sampled, timestamps } from './generated.ts';
import { type End, PairLab } from './pair-lab.ts';
import { activemqTarget, inActivemq, inKafka, inRabbitmq, rabbitmqTarget, type Target } from './targets.ts';

jest.setTimeout(900_000);

const PARTITIONS = 3;
const RECORDS = 150;
/** Names that another system would take for its own are those of a user here. */
const NAMES = ['a', 'b', 'header-types', 'jms-type', 'rabbitmq-type', 'user:x', 'KEYS', 'connect-x', 'Straße'];

const record = fc.record({
  key: bytesOrNull,
  value: bytesOrNull,
  headers: fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.option(bytes, { freq: 5, nil: null })), { maxLength: 5 }),
  timestamp: timestamps,
});

const messages: KafkaMessage[] = sampled(record, RECORDS).map((each, index) => ({
  ...each,
  partition: index % PARTITIONS,
  headers: [...each.headers, [PLACE, Buffer.from(`${index % PARTITIONS} ${index}`)]],
}));

const travelling = ({ key, value, headers = [], timestamp }: KafkaMessage): Travelling => ({
  key: contentOf(key),
  value: contentOf(value),
  headers: grouped(headers),
  timestamp: timestamp as number,
});

describe('records that go from Kafka', () => {
  let lab: PairLab;
  let topics: KafkaTopics;
  let source: End;
  const topic = uniqueName('pair');
  beforeAll(async () => {
    const { kafka } = await stackAddresses();
    lab = await PairLab.open();
    topics = new KafkaTopics(kafka);
    await topics.create(topic, PARTITIONS);
    await topics.produce(topic, messages);
    source = { type: 'kafka-source', options: { bootstrapServers: kafka, topics: [topic] } };
  });
  afterAll(async () => {
    await topics?.delete(topic);
    await topics?.close();
    await lab?.[Symbol.asyncDispose]();
  });

  it.each([
    { to: 'RabbitMQ', open: rabbitmqTarget, as: inRabbitmq },
    { to: 'ActiveMQ Classic', open: () => activemqTarget('activemq'), as: inActivemq },
    { to: 'Artemis', open: () => activemqTarget('artemis'), as: inActivemq },
  ])('arrive in $to with key, value, headers and time, in the order of each partition', async ({ open, as }) => {
    const target: Target = await open();
    try {
      expect(await lab.copy(source, target.end)).toEqual({ deadLetters: 0 });
      const arrived = byPartition(await target.read(), ({ headers }) => String(headers[PLACE]));
      const sent = byPartition(messages.map(travelling).map(as), ({ headers }) => String(headers[PLACE]));
      for (const [partition, records] of sent) expect(arrived.get(partition)).toEqual(records);
      expect(arrived.size).toBe(sent.size);
    } finally {
      await target.remove();
    }
  });

  void inKafka;
});
