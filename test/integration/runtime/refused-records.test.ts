import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectError, type SourceRecord } from '../../../src/api/index.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { StatusResult } from '../../../src/runtime/planner-api.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import { logSource } from '../../support/log-source.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import { Topics } from '../rocketmq/topics.ts';

const PER_PARTITION = 10;
const [TOO_LARGE, NOT_UNDERSTOOD] = [3, 6];

/** The records of these partitions. Two in `p-1` are refused. */
function log(partitions: readonly string[]) {
  const records = (partition: string): SourceRecord[] =>
    Array.from({ length: PER_PARTITION }, (_, id) => {
      const bad = partition === 'p-1';
      const value = Buffer.from(bad && id === TOO_LARGE ? 'x'.repeat(4 * 1024 * 1024) : `${partition} ${id}`);
      const refused = bad && id === NOT_UNDERSTOOD ? { refused: new ConnectError('RECORD_REFUSED', 'an unknown format') } : {};
      const headers = [
        { name: 'large', value: Buffer.alloc(40_000, 'h') },
        { name: 'small', value: Buffer.from('kept') },
      ];
      return {
        partition,
        id: String(id),
        position: String(id + 1),
        key: Buffer.from('key'),
        value,
        headers: bad && id === TOO_LARGE ? headers : [],
        ...refused,
      };
    });
  return logSource({ records: partitions.flatMap(records) });
}

describe('records that are refused for good', () => {
  let topics: Topics;
  let runtime: TestRuntime;
  beforeAll(async () => {
    topics = await Topics.open();
    runtime = new TestRuntime((await openTestStore(await stackAddresses())).store);
  });
  afterAll(async () => {
    await runtime.close();
    await topics[Symbol.asyncDispose]();
  });

  async function apply(errors: Partial<ConnectorSpec['errors']> = {}, partitions = ['p-0', 'p-1', 'p-2']) {
    const topic = await topics.create();
    const base = connectorSpec({ name: uniqueName('log'), type: 'log-source', maxTasks: 1 });
    const spec = { ...base, rocketmq: topics.config(topic), errors: { ...base.errors, ...errors } };
    const parts = log(partitions);
    const planner = createPlanner({ ...runtime.plannerDeps, ...parts });
    expect(await planner.handle({ action: 'apply', file: spec })).toMatchObject({ ok: true });
    const { name: connector } = spec;
    const run = () =>
      runTask(
        { connector, task: 0 },
        { ...runtime.taskDeps, ...parts },
        { deadline: Date.now() + 60_000, owner: 'test', signal: new AbortController().signal },
      );
    const status = async () => {
      const answer = await planner.handle({ action: 'status', connector });
      return (answer as { result: StatusResult }).result.taskStatus[0];
    };
    const arrived = async (name = topic) => (await topics.admin.readTopic(name)).flat();
    return { connector, planner, run, status, arrived };
  }

  const good = (partition: string, ...without: number[]) =>
    Array.from({ length: PER_PARTITION }, (_, id) => id)
      .filter((id) => !without.includes(id))
      .map((id) => `${partition} ${id}`);

  it('stop their partition alone; each is passed over when a user says so, and nothing else is lost or comes twice', async () => {
    const { connector, planner, run, status, arrived } = await apply();
    const bodies = async (partition: string) =>
      (await arrived()).map(({ body }) => body.toString()).filter((text) => text.startsWith(`${partition} `));
    expect(await run()).toMatchObject({ outcome: 'ran', summary: { records: 23, stopped: [{ partition: 'p-1', place: 'p-1@3' }] } });
    expect(await status()).toMatchObject({ state: 'DEGRADED', positions: { 'p-0': '10', 'p-1': '3', 'p-2': '10' } });
    for (const partition of ['p-0', 'p-2']) expect(await bodies(partition)).toEqual(good(partition));

    expect(await planner.handle({ action: 'skip', connector, place: 'p-0@3' })).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND', message: expect.stringContaining("stand at 'p-1@3'") },
    });
    expect(await planner.handle({ action: 'skip', connector, place: 'p-1@3' })).toMatchObject({ ok: true, result: { task: 0 } });
    expect(await run()).toMatchObject({
      summary: { records: 2, skipped: [{ place: 'p-1@3' }], stopped: [{ place: 'p-1@6', message: 'an unknown format' }] },
    });

    await planner.handle({ action: 'skip', connector, place: 'p-1@6' });
    expect((await run()).summary).toMatchObject({ outcome: 'caught-up', records: 3, skipped: [{ place: 'p-1@6' }] });
    expect(await status()).toMatchObject({ state: 'IDLE', positions: { 'p-1': '10' } });
    expect(await bodies('p-1')).toEqual(good('p-1', TOO_LARGE, NOT_UNDERSTOOD));
    expect(await planner.handle({ action: 'runs', connector })).toMatchObject({
      result: { runs: [{ skipped: [{ place: 'p-1@6' }] }, { skipped: [{ place: 'p-1@3' }] }, { stopped: [{ place: 'p-1@3' }] }] },
    });
  });

  it('fail a task that has no other partition, until the place is skipped', async () => {
    const { connector, planner, run, status } = await apply({}, ['p-1']);
    expect(await run()).toMatchObject({ outcome: 'failed', summary: { records: 3 } });
    expect(await status()).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringContaining(`skip ${connector} --at 'p-1@3'`) },
    });
    await planner.handle({ action: 'skip', connector, place: 'p-1@3' });
    expect(await run()).toMatchObject({ outcome: 'failed', summary: { records: 2, stopped: [{ place: 'p-1@6' }] } });
  });

  it('become dead letters with all that fits, and hold nothing back', async () => {
    const deadLetterTopic = await topics.create();
    const { run, status, arrived } = await apply({ tolerance: 'dead-letter', deadLetterTopic });
    expect(await run()).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', deadLetters: 2 } });
    expect(await status()).toMatchObject({ state: 'IDLE', positions: { 'p-0': '10', 'p-1': '10', 'p-2': '10' } });
    const letters = await arrived(deadLetterTopic);
    const byPlace = new Map(letters.map((letter) => [letter.properties.get('connect-error-position'), letter]));
    const large = byPlace.get('3');
    expect(Object.fromEntries(large?.properties ?? [])).toMatchObject({
      small: 'kept',
      'connect-error-omitted': '1 of 2 headers, value',
      'connect-error-partition': 'p-1',
    });
    expect(large?.properties.get('KEYS')?.split(' ')).toContain('key');
    expect(byPlace.get('6')?.body.toString()).toBe('p-1 6');
    expect(byPlace.get('6')?.properties.get('connect-error-reason')).toBe('an unknown format');
  });
});
