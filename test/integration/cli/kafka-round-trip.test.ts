import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { KafkaMessage, KafkaRecord } from '../../../infra/local/kafka-topics.ts';
import { uniqueName } from '../../support/names.ts';
import { Workbench } from './workbench.ts';

// Each case starts the command, most of them several times, and other tests share the cores.
jest.setTimeout(900_000);

const PARTITIONS = 4;
/** Says in which partition a record was before it went through RocketMQ. */
const FROM = 'from';

/** Any key, value, headers and time, in an order that repeats. */
const KEYS = [Buffer.from('plain'), Buffer.from('with spaces, and ü'), Buffer.from([0, 255, 1]), Buffer.alloc(0), null];
const VALUES = [Buffer.from('{"a":1}'), null, Buffer.alloc(0), Buffer.from([1, 2, 0, 254]), Buffer.alloc(40_000, 'x'), Buffer.from([0])];
const HEADERS: ReadonlyArray<KafkaMessage['headers']> = [
  [],
  [['text', Buffer.from('one')]],
  [
    ['again', Buffer.from('1')],
    ['again', null],
    ['again', Buffer.from([255])],
    ['again', Buffer.alloc(0)],
  ],
  [
    ['connect-x', Buffer.from('of a user')],
    ['header-types', Buffer.from('no types')],
    ['jms-type', Buffer.from('mine')],
    ['user:x', Buffer.from('y')],
    ['KEYS', Buffer.from('reserved')],
    ['', Buffer.from('no name')],
  ],
];

const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

const messages = (count: number, first = 0): KafkaMessage[] =>
  Array.from({ length: count }, (_, place) => {
    const index = first + place;
    const partition = index % PARTITIONS;
    return {
      partition,
      key: pick(KEYS, index * 3 + partition),
      value: pick(VALUES, index + Math.floor(index / 7)),
      headers: [...(pick(HEADERS, index + Math.floor(index / 5)) ?? []), [FROM, Buffer.from(String(partition))]],
      timestamp: 1_700_000_000_000 + index * 17,
    };
  });

/** Those of one partition, in their order. RocketMQ's clients keep the order of one header's values, and not that of different headers. */
function comparable(records: ReadonlyArray<KafkaMessage | KafkaRecord>, from: number) {
  return records
    .filter(({ headers = [] }) => headers.some(([name, value]) => name === FROM && String(value) === String(from)))
    .map(({ key, value, headers = [], timestamp }) => ({
      key: key?.toString('base64') ?? null,
      value: value?.toString('base64') ?? null,
      headers: Object.entries(Object.groupBy(headers, ([name]) => name))
        .map(([name, values = []]) => [name, values.map(([, content]) => content?.toString('base64') ?? null)])
        .toSorted(),
      timestamp,
    }));
}

describe('records that go from Kafka through RocketMQ to Kafka', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench.close());

  const ok = async (...args: string[]): Promise<string> => {
    const finished = await bench.run(args);
    if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`);
    return finished.stdout;
  };

  const content = async (topic: string): Promise<KafkaRecord[]> => {
    const ends = (await bench.kafka.endOffsets(topic)) ?? [];
    const records: KafkaRecord[] = [];
    for (const [partition, end] of ends.entries()) {
      for await (const chunk of bench.kafka.read(topic, partition, 0, end)) records.push(...chunk);
    }
    return records;
  };

  it('are the same there, in the order of each partition, and each comes once', async () => {
    const [from, to] = await Promise.all([bench.kafkaTopic(PARTITIONS), bench.kafkaTopic(PARTITIONS)]);
    const through = await bench.rocketmqTopic({ queues: PARTITIONS });
    const [out, back] = [uniqueName('out'), uniqueName('back')];
    await bench.file('out.yml', bench.connectorFile({ name: out, from, to: through }));
    await bench.file(
      'back.yml',
      `name: ${back}
type: kafka-sink
maxTasks: 2
sink:
  bootstrapServers: ${bench.addresses.kafka}
  topic: ${to}
  partition: queue
  compression: zstd
rocketmq:
  endpoints: ${bench.addresses.rocketmqNamesrv}
  topic: ${through}
`,
    );
    const sent = messages(1_200);
    for (let first = 0; first < sent.length; first += 50) await bench.kafka.produce(from, sent.slice(first, first + 50));
    expect(await ok('validate', '--reach', 'back.yml')).toContain(`connector ${back} is valid, and both ends answer`);
    await ok('apply', 'out.yml', 'back.yml');
    await ok('run', out);
    await ok('run', back);
    const arrived = await content(to);
    expect(arrived).toHaveLength(sent.length);
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      expect(comparable(arrived, partition)).toEqual(comparable(sent, partition));
      expect(new Set(arrived.filter((record) => comparable([record], partition).length > 0).map((record) => record.partition)).size).toBe(
        1,
      );
    }
    expect(await ok('status', back)).toContain('kafka-sink');

    const later = messages(200, sent.length);
    for (let first = 0; first < later.length; first += 50) await bench.kafka.produce(from, later.slice(first, first + 50));
    await ok('run', out);
    await ok('run', back);
    const all = await content(to);
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      expect(comparable(all, partition)).toEqual(comparable([...sent, ...later], partition));
    }
  });
});
