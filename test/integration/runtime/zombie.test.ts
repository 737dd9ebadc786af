import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { TaskOutcome } from '../../../src/runtime/contracts.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb-store.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { arrivals } from '../../support/copy-check.ts';
import { startWorker } from '../../support/crash/run-worker.ts';
import { uniqueName } from '../../support/names.ts';
import { fillTopic, kafkaToRocketmq, openTestStore, plan } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { stackAddresses } from '../../support/stack.ts';

const RECORDS = 1_000;

describe('two workers on one task, one of them frozen past its lease', () => {
  let addresses: StackAddresses;
  let table: string;
  let planned: ConnectStore;
  let successor: TestRuntime;
  let admin: RocketmqAdmin;

  beforeAll(async () => {
    addresses = await stackAddresses();
    const opened = await openTestStore(addresses);
    planned = opened.store;
    table = opened.table;
    successor = new TestRuntime(createDynamodbStore({ table, endpoint: addresses.dynamodb, now: () => Date.now() + 60_000 }), 60_000);
    admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  });
  afterAll(async () => {
    await successor.close();
    planned.close();
    admin.close();
  });

  it.each([
    { method: 'producer.send', when: 'before', nth: 2 },
    { method: 'producer.send', when: 'after', nth: 2 },
    { method: 'store.checkpoint', when: 'before', nth: 2 },
    { method: 'store.release', when: 'before', nth: 1 },
  ] as const)('frozen $when $method: its later writes fail, nothing is lost', async (at) => {
    const name = uniqueName('zombie');
    await admin.createTopic(name, { queues: 4 });
    await fillTopic(addresses, name, 1, RECORDS);
    const batch = { maxRecords: 1e6, maxBytes: 1e9, maxDurationMs: 60_000, maxInFlightBytes: 20_000, checkpointIntervalMs: 0 };
    const spec = kafkaToRocketmq(addresses, name, name, name, { batch });
    await plan(planned, spec, [[`${name}-0`]]);
    const ref = { connector: name, task: 0 };

    await using frozen = startWorker({
      table,
      dynamodb: addresses.dynamodb,
      deadlineMs: 20_000,
      at,
      signal: 'SIGSTOP',
      work: { run: ref },
    });
    await frozen.stopped();
    const before = await successor.store.listTasks(name);
    expect(await successor.run(ref)).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up' } });
    const after = await successor.store.listTasks(name);
    expect(after[0]?.epoch).toBe((before[0]?.epoch ?? 0) + 1);

    frozen.kill('SIGCONT');
    await frozen.exited;
    const outcome = JSON.parse(frozen.lines.at(-1) ?? '{}') as TaskOutcome;
    expect(outcome.outcome).toBe('lease-lost');
    expect(await successor.store.listTasks(name)).toEqual(after);

    const ids = (await arrivals(admin, name)).get(`${name}-0`) ?? [];
    expect([...new Set(ids)].sort((a, b) => a - b)).toEqual(Array.from({ length: RECORDS }, (_, id) => id));
  });
});
