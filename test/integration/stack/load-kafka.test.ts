import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type KafkaMessage, KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { type Dataset, type DatasetMessage, openDataset, PARTITIONS } from '../../../infra/local/main-job/flights/dataset.ts';
import { loadKafka } from '../../../infra/local/main-job/sources/load-kafka.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

const CHUNKS = 2;
const never = new AbortController().signal;

describe('loading a data set into Kafka', () => {
  let kafka: KafkaTopics;
  let dataset: Dataset;
  const topics: string[] = [];

  beforeAll(async () => {
    kafka = new KafkaTopics((await stackAddresses()).kafka);
    dataset = await beginning(await openDataset('flights-200k'));
  });

  afterAll(async () => {
    for (const topic of topics) await kafka.delete(topic);
    await kafka.close();
  });

  /** The first chunks of a data set. */
  async function beginning(whole: Dataset): Promise<Dataset> {
    const chunks: DatasetMessage[][] = [];
    for await (const chunk of whole.messages()) {
      chunks.push(chunk);
      if (chunks.length === CHUNKS) break;
    }
    return {
      name: whole.name,
      rows: chunks.flat().length,
      async *messages() {
        yield* chunks;
      },
    };
  }

  const newTopic = (): string => {
    const topic = uniqueName('load');
    topics.push(topic);
    return topic;
  };

  /** What the topic holds, in the form in which it was produced. */
  async function contents(topic: string) {
    const ends = (await kafka.endOffsets(topic)) ?? [];
    const messages: KafkaMessage[] = [];
    for (const [partition, end] of ends.entries())
      for await (const chunk of kafka.read(topic, partition, 0, end)) messages.push(...chunk.map(({ offset: _, ...message }) => message));
    return messages;
  }

  const expected = async () => {
    const messages: KafkaMessage[] = [];
    for await (const chunk of dataset.messages()) messages.push(...chunk.map(({ row: _, ...message }) => message));
    return Array.from({ length: PARTITIONS }, (_, partition) => messages.filter((message) => message.partition === partition)).flat();
  };

  it('adds every row once, with key, value, headers and timestamp, in order per partition', async () => {
    const topic = newTopic();
    await expect(loadKafka(kafka, topic, dataset, never, () => {})).resolves.toMatchObject({ added: dataset.rows });
    expect(await contents(topic)).toEqual(await expected());
    await expect(loadKafka(kafka, topic, dataset, never, () => {})).resolves.toMatchObject({ added: 0 });
    expect(await contents(topic)).toHaveLength(dataset.rows);
  });

  it('goes on where an earlier load was cut off', async () => {
    const topic = newTopic();
    const cut = new AbortController();
    await loadKafka(kafka, topic, dataset, cut.signal, (rows) => rows > 0 && cut.abort());
    const before = (await contents(topic)).length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(dataset.rows);
    await expect(loadKafka(kafka, topic, dataset, never, () => {})).resolves.toMatchObject({ added: dataset.rows - before });
    expect(await contents(topic)).toEqual(await expected());
  });

  it('refuses a topic that holds something else', async () => {
    const topic = newTopic();
    await kafka.create(topic, 2);
    await expect(loadKafka(kafka, topic, dataset, never, () => {})).rejects.toThrow(
      `Kafka topic ${topic} has 0 messages in 2 partitions where data set flights-200k has ${dataset.rows} in 8; delete that topic`,
    );
  });
});
