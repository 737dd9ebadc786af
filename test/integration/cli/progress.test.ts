import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { RunProgress } from '../../../src/cli/target/run-totals.ts';
import { runUntilCaughtUp } from '../../../src/cli/target/run-until-caught-up.ts';
import { responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import type { ConnectStore, Lease, RunSummary } from '../../../src/store/store.ts';
import { uniqueName } from '../../support/names.ts';
import { fillTopic, kafkaToRocketmq, openTestStore, plan } from '../../support/pipeline.ts';
import { RocketmqFront } from '../../support/rocketmq-front.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { stackAddresses } from '../../support/stack.ts';

const RECORDS = 500;

describe('a run by hand', () => {
  const name = uniqueName('progress');
  let addresses: StackAddresses;
  let store: ConnectStore;
  let runtime: TestRuntime;
  let admin: RocketmqAdmin;
  let front: RocketmqFront;
  const progress: RunProgress[] = [];
  const notes: string[] = [];
  const run = () =>
    runUntilCaughtUp({
      connector: name,
      tasks: [0],
      deps: () => runtime.taskDeps,
      owner: 'test',
      signal: new AbortController().signal,
      onProgress: (now) => progress.push(now),
      onNote: (text) => notes.push(text),
    });

  beforeAll(async () => {
    addresses = await stackAddresses();
    ({ store } = await openTestStore(addresses));
    runtime = new TestRuntime(store);
    admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    front = await RocketmqFront.start(addresses.rocketmqNamesrv, addresses.rocketmqBroker);
    await admin.createTopic(name, { queues: 1 });
    await fillTopic(addresses, name, 1, RECORDS);
    const spec = kafkaToRocketmq(addresses, name, name, name);
    await plan(store, { ...spec, rocketmq: { ...spec.rocketmq, endpoints: front.address } }, [[`${name}-0`]]);
  });
  afterAll(async () => {
    await front[Symbol.asyncDispose]();
    await runtime.close();
    await admin.deleteTopic(name);
    admin.close();
    const topics = new KafkaTopics(addresses.kafka);
    await topics.delete(name);
    await topics.close();
  });

  it('says who holds its task and since when, then what it waits for and how many records are left', async () => {
    const before = Date.now();
    const until = before + 300_000;
    const taken = await store.acquire({ connector: name, task: 0 }, 'host-1/4711', until);
    if (taken.outcome !== 'acquired') throw new Error(taken.outcome);
    front.refuse = ({ asks }) => (asks || progress.some(({ waits }) => waits !== undefined) ? undefined : responseCode.SYSTEM_BUSY);
    const ended = run();
    while (notes.length === 0) await sleep(20);
    const [, since = ''] =
      /^host-1\/4711 has been running task 0 since (\S+); this run waits until that one ends, \S+ at the latest$/.exec(notes[0] ?? '') ??
      [];
    expect(Date.parse(since)).toBeGreaterThanOrEqual(before);
    expect(notes[0]).toContain(`, ${new Date(until).toISOString()} at the latest`);
    while (!progress.some(({ elsewhere }) => elsewhere === 1)) await sleep(20);
    await release(taken.lease);
    expect(await ended).toMatchObject([{ outcome: 'caught-up', records: RECORDS }]);
    expect(notes).toHaveLength(1);
    expect(progress.find(({ waits }) => waits !== undefined)).toMatchObject({
      records: 0,
      total: RECORDS,
      waits: { for: `RocketMQ at ${front.address}`, ms: expect.any(Number) },
    });
    const last = progress.at(-1);
    expect(last).toMatchObject({ ended: 1, elsewhere: 0, records: RECORDS, total: RECORDS });
    expect(last).not.toHaveProperty('waits');
  });

  /** Releases the lease as a run does that copied nothing. */
  async function release(lease: Lease): Promise<void> {
    const now = Date.now();
    const summary: RunSummary = { startedAt: now, endedAt: now, outcome: 'limit', records: 0, bytes: 0, deadLetters: 0 };
    const counted = { invocations: 1, records: 0, bytes: 0, deadLetters: 0, dynamodbRequests: 2 };
    await store.release(lease, { positions: new Map(), summary, counted });
  }
});
