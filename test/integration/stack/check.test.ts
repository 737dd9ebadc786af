import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { check } from '../../../infra/local/main-job/comparison/check.ts';
import type { CheckResult } from '../../../infra/local/main-job/comparison/comparison.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { type SourceRecord, silentLogger } from '../../../src/api/index.ts';
import { openProducer, recordToMessage } from '../../../src/transport/index.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

const PARTITIONS = 2;
const PER_PARTITION = 5;

/** Everything a record can be made of. */
const expected = Array.from({ length: PARTITIONS * PER_PARTITION }, (_, index) => ({
  partition: index % PARTITIONS,
  id: Math.floor(index / PARTITIONS),
  key: [Buffer.from(`key-${index}`), null, Buffer.from([0, 255]), Buffer.from('two words')][index % 4] ?? null,
  value: [Buffer.from(`value ${index}`), null, Buffer.alloc(0)][index % 3] ?? null,
  headers: [
    ['text', Buffer.from('tëxt')],
    ['twice', Buffer.from('1')],
    ['twice', Buffer.from([0])],
    ['nothing', null],
  ] as const,
  timestamp: 1_000_000_000_000 + index,
}));

describe('comparing a RocketMQ topic with what should be in it', () => {
  let addresses: StackAddresses;
  let rocketmq: RocketmqAdmin;
  const source = uniqueName('check');
  const topics: string[] = [];

  beforeAll(async () => {
    addresses = await stackAddresses();
    rocketmq = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  });

  afterAll(async () => {
    for (const topic of topics) await rocketmq.deleteTopic(topic);
    rocketmq.close();
  });

  /** The partition's records as the connector `flights` would send them. */
  const copiesOf = (partition: number): SourceRecord[] =>
    expected
      .filter((record) => record.partition === partition)
      .map(({ id, key, value, headers, timestamp }) => ({
        partition: `${source}-${partition}`,
        id: String(id),
        position: String(id + 1),
        key,
        value,
        headers: headers.map(([name, content]) => ({ name, value: content })),
        timestamp,
      }));

  /** Sends each list to the queue of its index, and compares. */
  async function compare(...queues: readonly SourceRecord[][]): Promise<CheckResult> {
    const topic = uniqueName('check');
    topics.push(topic);
    await rocketmq.createTopic(topic, { queues: queues.length });
    const config = { endpoints: addresses.rocketmqNamesrv, topic, namespace: '', tls: false, requestTimeoutMs: 20_000 };
    const producer = await openProducer(config, silentLogger);
    try {
      for (const [queue, list] of queues.entries()) {
        const messages = list.map((record) => recordToMessage('flights', record));
        await producer.send(queue, messages, Date.now() + 60_000);
      }
    } finally {
      await producer.close();
    }
    return check({
      partitions: Array.from({ length: PARTITIONS }, (_, partition) => ({
        name: `${source}-${partition}`,
        records: PER_PARTITION,
        async *read() {
          yield expected.filter((record) => record.partition === partition);
        },
      })),
      addedHeaders: /^redelivered$/,
      rocketmq,
      rocketmqTopic: topic,
      connector: 'flights',
      onProgress: () => {},
    });
  }

  it('passes where every record is there, byte for byte and in order, whichever queue it is in', async () => {
    const everything = { matched: PARTITIONS * PER_PARTITION, repeats: 0, problems: [] };
    await expect(compare(copiesOf(0), copiesOf(1))).resolves.toEqual(everything);
    await expect(compare([...copiesOf(1), ...copiesOf(0)])).resolves.toEqual(everything);
  });

  it('counts repeats, which at least once allows', async () => {
    const [zero, one] = [copiesOf(0), copiesOf(1)];
    await expect(compare([...zero.slice(0, 4), ...zero.slice(2)], one)).resolves.toEqual({ matched: 10, repeats: 2, problems: [] });
  });

  it('tells what is missing at the end, and in between', async () => {
    const atEnd = await compare(copiesOf(0).slice(0, 3), copiesOf(1));
    expect(atEnd).toMatchObject({ matched: 8, problems: ['2 records of the source are not in RocketMQ'] });
    const between = await compare(copiesOf(0).toSpliced(1, 1), copiesOf(1));
    expect(between.problems[0]).toBe(`queue 0 offset 1: ${source}-0 at 2 arrived instead of 1`);
  });

  it('tells which part of a record differs', async () => {
    for (const [part, change] of [
      ['key', { key: Buffer.from('other') }],
      ['value', { value: Buffer.from('other') }],
      ['headers', { headers: [] }],
      ['timestamp', { timestamp: 1 }],
    ] as const) {
      const [first, ...others] = copiesOf(0) as [SourceRecord, ...SourceRecord[]];
      const { problems } = await compare([{ ...first, ...change }, ...others], copiesOf(1));
      expect(problems).toEqual([`queue 0 offset 0: ${source}-0 at 0 differs in its ${part}`]);
    }
  });

  it('leaves out headers that the connector adds', async () => {
    const marked = copiesOf(0).map((record) => ({
      ...record,
      headers: [...record.headers, { name: 'redelivered', value: Buffer.from('true') }],
    }));
    await expect(compare(marked, copiesOf(1))).resolves.toMatchObject({ matched: 10, problems: [] });
  });

  it('does not take records of other partitions and topics for its own', async () => {
    const [first] = copiesOf(0) as [SourceRecord];
    const { problems } = await compare([...copiesOf(0), { ...first, partition: 'other-0' }], copiesOf(1));
    expect(problems).toEqual(['queue 0 offset 5: flights/other-0/0 is not a record of this connector']);
  });
});
