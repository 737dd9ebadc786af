import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Apis, negotiate } from '../../../src/connectors/kafka/protocol/api-versions.ts';
import { parseServers } from '../../../src/connectors/kafka/protocol/connection-options.ts';
import { Connections } from '../../../src/connectors/kafka/protocol/connections.ts';
import { fetchRecords } from '../../../src/connectors/kafka/protocol/fetch-records.ts';
import { describeTopics, LATEST, listOffsets } from '../../../src/connectors/kafka/protocol/topics.ts';
import { PartitionReader } from '../../../src/connectors/kafka/read/partition-reader.ts';
import { KafkaLab, numbers, texts } from './kafka-lab.ts';

let lab: KafkaLab;
let connections: Connections;
let topic: string;
beforeAll(async () => {
  lab = await KafkaLab.open();
  topic = await lab.topic(1, 20);
  connections = new Connections(lab.config({ topics: [topic] }), 'source');
});
afterAll(async () => {
  await connections.close();
  await lab[Symbol.asyncDispose]();
});

/** What brokers of some time offered: metadata, list offsets and fetch up to these versions. */
const offer = (metadata: number, offsets: number, fetch: number): Apis =>
  negotiate(
    [
      { apiKey: 3, name: 'Metadata', minVersion: 0, maxVersion: metadata },
      { apiKey: 2, name: 'ListOffsets', minVersion: 0, maxVersion: offsets },
      { apiKey: 1, name: 'Fetch', minVersion: 0, maxVersion: fetch },
    ],
    'source',
  );

describe('a broker of Kafka', () => {
  it.each([
    ['2.4', 9, 5, 11],
    ['2.8', 11, 6, 12],
    ['3.1', 12, 7, 13],
    ['4.1', 13, 11, 18],
  ])('%s is read from', async (_version, metadata, offsets, fetch) => {
    const apis = offer(metadata, offsets, fetch);
    const [address] = parseServers(lab.addresses.kafka, 'source');
    if (address === undefined) throw new Error('no broker');
    const [described] = await connections.use(address, (connection) => describeTopics(connection, apis, [topic], true));
    const ends = await connections.use(address, (connection) => listOffsets(connection, apis, [{ topic, partition: 0, at: LATEST }], true));
    const [answer] = await connections.use(address, (connection) =>
      fetchRecords(connection, apis, {
        topics: [{ name: topic, id: described?.id, partitions: [{ partition: 0, offset: 5, maxBytes: 1e6 }] }],
        committedOnly: true,
        maxWaitMs: 0,
        maxBytes: 1e6,
      }),
    );
    expect([described?.leaders.length, ends.get(`${topic}-0`), answer?.topic, answer?.end]).toEqual([1, 20, topic, 20]);
    const reader = new PartitionReader({ topic, partition: 0 }, 5, true);
    reader.add(answer?.records ?? Buffer.alloc(0), answer?.aborted ?? []);
    const records: Parameters<PartitionReader['take']>[0] = [];
    reader.take(records, 100, 1e6);
    expect(texts(records)).toEqual(numbers(15, 5));
  });

  it('before 2.3 is refused', () => {
    expect(() => offer(7, 4, 10)).toThrow(expect.objectContaining({ code: 'WRONG_KIND' }));
  });
});
