import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SinkRecord } from '../../../src/api/index.ts';
import { COMPRESSIONS } from '../../../src/connectors/kafka/protocol/produce/compressions.ts';
import { partitionOfKey } from '../../../src/connectors/kafka/protocol/produce/murmur2.ts';
import { queued, write } from '../../support/sink/batches.ts';
import { stackAddresses } from '../../support/stack.ts';
import { numbers } from './kafka-lab.ts';
import { KafkaSinkLab } from './kafka-sink-lab.ts';

let lab: KafkaSinkLab;
beforeAll(async () => {
  lab = new KafkaSinkLab(await stackAddresses());
});
afterAll(() => lab[Symbol.asyncDispose]());

const header = (name: string, value: Buffer | string | null) => ({ name, value: typeof value === 'string' ? Buffer.from(value) : value });

/** Everything that a record of Kafka can be. */
const ODD: ReadonlyArray<Partial<SinkRecord>> = [
  { key: Buffer.from('k'), value: Buffer.from('v'), timestamp: 1_600_000_000_000 },
  { key: Buffer.from([0, 255, 254]), value: Buffer.from([128, 0, 1]), timestamp: 1_700_000_000_001 },
  { key: Buffer.alloc(0), value: Buffer.alloc(0), timestamp: 0 },
  { key: null, value: null, timestamp: 1 },
  { key: Buffer.from('gone'), value: null, timestamp: 2 },
  { headers: [header('a', '1'), header('a', null), header('a', Buffer.from([255])), header('', ''), header('ü', 'ö')], timestamp: 3 },
  { headers: [header('connect-x', 'a user wrote it'), header('user:jms-type', 'escaped')], timestamp: 4 },
  { headers: [header('user:x', 'given'), header('jms-type', 'by a connector')], timestamp: 5 },
  { value: Buffer.alloc(300_000, 'z'), timestamp: 6 },
];

describe('a sink', () => {
  it.each(COMPRESSIONS)('writes each record as it is, with compression %s', async (compression) => {
    const topic = await lab.topic(1);
    expect(
      await lab.written(
        { topic, compression },
        queued(ODD.length, (index) => ODD[index] ?? {}),
      ),
    ).toEqual([]);
    const names = (index: number) => (index === 6 ? ['connect-x', 'jms-type'] : (ODD[index]?.headers ?? []).map(({ name }) => name));
    expect(await lab.content(topic)).toEqual(
      ODD.map(({ key = null, value = Buffer.from('?'), headers = [], timestamp }, offset) => ({
        partition: 0,
        offset,
        key,
        value: ODD[offset] && 'value' in (ODD[offset] as object) ? value : Buffer.from(String(offset)),
        headers: headers.map((each, index) => [names(offset)[index], each.value]),
        timestamp,
      })),
    );
  });

  it("spreads keys as Kafka's Java client does, and records without one by queue, each queue's in order", async () => {
    const topic = await lab.topic(5);
    const task = await lab.sink({ topic });
    const lane = (queue: number) =>
      queued(1_000, (index) => (index % 10 === 0 ? {} : { key: Buffer.from(`key-${index % 7}`) }), queue).map((record, index) => ({
        ...record,
        value: Buffer.from(`${queue} ${index}`),
      }));
    const lanes = [0, 1, 8].map(lane);
    for (let from = 0; from < 1_000; from += 250) {
      await Promise.all(lanes.map((records) => write(task, records.slice(from, from + 250))));
    }
    await task.stop();
    const found = await lab.texts(topic);
    expect(found).toHaveLength(3_000);
    for (const { key, value, partition } of found) {
      const queue = Number(value?.split(' ')[0]);
      expect(partition).toBe(key === null ? queue % 5 : partitionOfKey(Buffer.from(key), 5));
    }
    for (const [place, queue] of [0, 1, 8].entries()) {
      for (let partition = 0; partition < 5; partition += 1) {
        const own = found.filter((record) => record.partition === partition && record.value?.startsWith(`${queue} `));
        const sent = lanes[place]?.map(({ value }) => String(value)).filter((value) => own.some((record) => record.value === value));
        expect(own.map(({ value }) => value)).toEqual(sent);
      }
    }
  });

  it('goes by queue or by header where it is told to, and refuses a header that is no partition', async () => {
    const topic = await lab.topic(3);
    const records = queued(4, (index) => ({ key: Buffer.from('k'), headers: index === 1 ? [] : [header('part', String(index))] }), 4);
    expect(await lab.written({ topic, partition: 'queue' }, records)).toEqual([]);
    expect((await lab.texts(topic)).map(({ partition }) => partition)).toEqual([1, 1, 1, 1]);
    const failed = await lab.written({ topic, partition: 'header:part' }, records);
    expect(failed).toMatchObject([
      { index: 1, error: { code: 'RECORD_REFUSED', message: expect.stringMatching(/^header part is not there/) } },
      { index: 3, error: { code: 'RECORD_REFUSED', message: expect.stringMatching(/^header part is "3", .* 0 to 2/) } },
    ]);
    expect((await lab.texts(topic)).map(({ value, partition }) => [value, partition])).toEqual([
      ['0', 0],
      ...numbers(4).map((value) => [value, 1]),
      ['2', 2],
    ]);
  });

  it('writes to the topic of the same name, or to one that is made of it', async () => {
    const topic = await lab.topic(1);
    const records = queued(2, () => ({ topic: topic.slice(3) }));
    expect(await lab.written({ topic: `${topic.slice(0, 3)}{{topic}}` }, records)).toEqual([]);
    expect(
      await lab.written(
        {},
        records.map((record) => ({ ...record, topic })),
      ),
    ).toEqual([]);
    expect((await lab.texts(topic)).map(({ value }) => value)).toEqual(['0', '1', '0', '1']);
  });

  it('takes the time of the message where a record has none', async () => {
    const topic = await lab.topic(1);
    await lab.written(
      { topic },
      queued(1, () => ({})),
    );
    expect(await lab.content(topic)).toMatchObject([{ timestamp: 1_700_000_000_000 }]);
  });
});

describe('a record that Kafka refuses', () => {
  it('for its size is named, and all others are written in order', async () => {
    const topic = await lab.topic(1, 0, [{ name: 'max.message.bytes', value: '20000' }]);
    const large = new Set([0, 333, 999]);
    const records = queued(1_000, (index) =>
      large.has(index) ? { value: Buffer.alloc(25_000) } : { value: Buffer.from(`${index} `.padEnd(100)) },
    );
    const failed = await lab.written({ topic }, records);
    expect(failed.map(({ index }) => index)).toEqual([...large]);
    expect(failed[1]?.error).toMatchObject({
      code: 'RECORD_REFUSED',
      message: expect.stringMatching(/^it is larger than the topic takes \(some 25\d\d\d bytes/),
      remedy: expect.stringContaining('max.message.bytes'),
    });
    const values = (await lab.texts(topic)).map(({ value }) => value?.trim());
    expect(values).toEqual(numbers(1_000).filter((value) => !large.has(Number(value))));
  });

  it('because a compacted topic needs keys is named', async () => {
    const topic = await lab.topic(1, 0, [{ name: 'cleanup.policy', value: 'compact' }]);
    const failed = await lab.written(
      { topic },
      queued(5, (index) => (index === 2 ? {} : { key: Buffer.from(String(index)) })),
    );
    expect(failed).toMatchObject([{ index: 2, error: { code: 'RECORD_REFUSED', message: expect.stringMatching(/^it is no record/) } }]);
    expect((await lab.texts(topic)).map(({ value }) => value)).toEqual(['0', '1', '3', '4']);
  });

  it('for its time is named', async () => {
    const topic = await lab.topic(1);
    const later = Date.now() + 10 * 24 * 3_600_000;
    const failed = await lab.written(
      { topic },
      queued(3, (index) => ({ timestamp: index === 1 ? later : index === 2 ? 1n << 70n : 7 })),
    );
    expect(failed).toMatchObject([
      { index: 1, error: { code: 'RECORD_REFUSED', remedy: expect.stringContaining('message.timestamp.after.max.ms') } },
      { index: 2, error: { code: 'RECORD_REFUSED', message: expect.stringContaining('no time') } },
    ]);
    expect((await lab.texts(topic)).map(({ value }) => value)).toEqual(['0']);
  });
});

describe('a topic', () => {
  it('that does not exist fails the task', async () => {
    await expect(
      lab.written(
        { topic: 'never-made' },
        queued(1, () => ({})),
      ),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
      retriable: false,
      remedy: expect.stringContaining('kafka-topics.sh'),
    });
  });
});

describe('a task', () => {
  it('ends a write that is stopped, and goes on behind it', async () => {
    const topic = await lab.topic(1);
    const task = await lab.sink({ topic });
    await write(
      task,
      queued(10, () => ({})),
    );
    const stop = new AbortController();
    const stopped = write(
      task,
      queued(1_000, () => ({ value: Buffer.alloc(1_000) })),
      stop.signal,
    );
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED', retriable: true });
    await write(
      task,
      queued(3, (index) => ({ value: Buffer.from(`again ${index}`) })),
    );
    await task.stop();
    expect((await lab.texts(topic)).slice(-3).map(({ value }) => value)).toEqual(['again 0', 'again 1', 'again 2']);
  });

  it('uses the producer ids of the task before it', async () => {
    const topic = await lab.topic(1);
    const ids = async () => {
      const { topics } = await producersOf(topic);
      return topics;
    };
    for (let run = 0; run < 3; run += 1)
      await lab.written(
        { topic },
        queued(5, () => ({})),
      );
    expect(await ids()).toBe(1);
    expect(await lab.texts(topic)).toHaveLength(15);
  });
});

/** How many producers a partition knows. */
async function producersOf(topic: string): Promise<{ topics: number }> {
  const { describeProducersV0, Connection } = await import('@platformatic/kafka');
  const connection = new Connection('lab');
  const [host = '', port] = lab.addresses.kafka.split(':');
  await connection.connect(host, Number(port));
  const { topics } = await describeProducersV0.api.async(connection, [{ name: topic, partitionIndexes: [0] }]);
  await connection.close();
  return { topics: topics[0]?.partitions[0]?.activeProducers.length ?? 0 };
}
