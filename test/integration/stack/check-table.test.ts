import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChangeCounts, checkTable } from '../../../infra/local/main-job/comparison/check-table.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { type SourceRecord, silentLogger } from '../../../src/api/index.ts';
import { openProducer, recordToMessage } from '../../../src/transport/index.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

type Op = 'r' | 'c' | 'u' | 'd';

let made = 0;
const record = (id: number, value: object | null): SourceRecord => {
  made += 1;
  return {
    partition: 'stream',
    id: String(made),
    position: String(made),
    key: Buffer.from(JSON.stringify({ id })),
    value: value === null ? null : Buffer.from(JSON.stringify(value)),
    headers: [],
  };
};
const event = (op: Op, id: number, name: string) => record(id, { before: null, op, after: op === 'd' ? null : { id, name } });

/** Rows 1 to 3 in a snapshot; then 1 is updated, 2 is deleted, 4 is created. */
const queues = () => [
  [event('r', 1, 'a'), event('r', 3, 'c'), event('u', 1, 'A')],
  [event('r', 2, 'b'), event('d', 2, 'b'), record(2, null), event('c', 4, 'd')],
];
const TABLE = new Map([
  [1, 'A'],
  [3, 'c'],
  [4, 'd'],
]);
const CHANGES: ChangeCounts = { created: 1, updated: 1, deleted: 1 };

describe('comparing a RocketMQ topic with the table that its messages tell of', () => {
  let addresses: StackAddresses;
  let rocketmq: RocketmqAdmin;
  const topics: string[] = [];
  beforeAll(async () => {
    addresses = await stackAddresses();
    rocketmq = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  });
  afterAll(async () => {
    for (const topic of topics) await rocketmq.deleteTopic(topic);
    rocketmq.close();
  });

  async function check(sent: readonly SourceRecord[][], table: ReadonlyMap<number, string> = TABLE, changes = CHANGES) {
    const topic = uniqueName('check');
    topics.push(topic);
    await rocketmq.createTopic(topic, { queues: 2 });
    const config = { endpoints: addresses.rocketmqNamesrv, topic, namespace: '', tls: false, requestTimeoutMs: 20_000 };
    const producer = await openProducer(config, silentLogger);
    try {
      for (const [queue, list] of sent.entries())
        await producer.send(
          queue,
          list.map((one) => recordToMessage('flights', one)),
          Date.now() + 60_000,
        );
    } finally {
      await producer.close();
    }
    const rows = {
      async *rows() {
        yield [...table].map(([id, name]) => [id, JSON.stringify({ id, name })] as const);
      },
    };
    return checkTable(rows, changes, { rocketmq, topic, connector: 'flights', onProgress: () => {} });
  }

  it('passes where the folded messages are the table, and counts what came', async () => {
    const verdict = await check(queues());
    expect(verdict).toEqual({ holds: true, text: expect.stringContaining("are the table's 3 rows, value by value") });
    expect(verdict.text).toContain('3 rows from the snapshot, 3 changes from the log (1 created, 1 updated, 1 deleted)');
    expect(verdict.text).toContain('0 repeats');
  });

  it('counts repeats, which at least once allows, once', async () => {
    const [one = [], two = []] = queues();
    expect(await check([[...one, ...one.slice(1)], two])).toEqual({ holds: true, text: expect.stringContaining('2 repeats') });
  });

  it.each<[string, (one: SourceRecord[], two: SourceRecord[]) => SourceRecord[][], string | RegExp]>([
    ['a change is missing', (one, two) => [one.slice(0, 2), two], '0 rows updated in RocketMQ, 1 in the table'],
    [
      'a row is another one',
      (one, two) => [one.slice(0, 2), two],
      'row 1 is {"id":1,"name":"A"} in the table and {"id":1,"name":"a"} in RocketMQ',
    ],
    ['changes came in another order', ([a, b, c], two) => [[c, b, a] as SourceRecord[], two], 'row 1 is {"id":1,"name":"A"}'],
    ['a row is missing', (one, two) => [one, two.slice(0, 3)], 'row 4 of the table is not in RocketMQ'],
    ['a deletion is missing', (one, [b, _, __, d]) => [one, [b, d] as SourceRecord[]], 'row 2 is in RocketMQ, but no longer in the table'],
    ['a tombstone is missing', (one, two) => [one, two.toSpliced(2, 1)], '0 tombstones for 1 deletions'],
    ['a key has two queues', ([a, b, c], two) => [[a, b] as SourceRecord[], [...two, c as SourceRecord]], /row 1 was in queue [01] before/],
    ['no snapshot was seen', (_, [__, d, t, c]) => [[], [d, t, c] as SourceRecord[]], 'no row came from a snapshot'],
  ])('fails where %s', async (_, change, problem) => {
    const [one = [], two = []] = queues();
    const verdict = await check(change(one, two));
    expect(verdict.holds).toBe(false);
    expect(verdict.text).toMatch(problem);
  });
});
