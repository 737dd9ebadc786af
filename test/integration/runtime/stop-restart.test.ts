import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import type { RestartResult, StatusResult } from '../../../src/runtime/planner-api.ts';
import type { Standing, TaskTrigger } from '../../../src/triggers/trigger.ts';
import { noTrigger } from '../../support/runtime.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

describe('a connector', () => {
  let lab: SinkLab;
  let sink: LabSink;
  let started: number[];
  let schedules: Standing[];
  let release: () => void;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    [started, schedules, release] = [[], [], () => {}];
    sink = await lab.sink({ queues: 2, spec: { maxTasks: 2 } });
    await sink.fill(0, 20);
    await sink.fill(1, 20);
    await sink.apply();
  });

  const trigger: TaskTrigger = {
    ...noTrigger,
    fire: async (tasks) => void started.push(...tasks.map(({ task }) => task)),
    sync: async (standing) => {
      schedules.push(standing);
      return { created: 0, changed: 0, deleted: 0, kept: 0 };
    },
  };
  const ask = <R = StatusResult>(action: 'stop' | 'pause' | 'resume' | 'restart', more: object = {}) =>
    sink.ask<R>({ action, connector: sink.spec.name, ...more }, { trigger, schedules: trigger });
  const states = async () => (await sink.status()).taskStatus.map(({ state }) => state);

  /** Starts task 0 and resolves while its target holds its first batch back. */
  async function running() {
    const { promise, resolve } = Promise.withResolvers<void>();
    release = resolve;
    let isWriting = false;
    sink.target.onWrite = () => {
      isWriting = true;
      return promise;
    };
    const run = sink.invoke({ task: 0 });
    while (!isWriting) await sleep(10);
    return run;
  }

  it('that is stopped has no schedule and no run, and goes on where it was when it is resumed', async () => {
    await sink.run({ task: 1 });
    const run = running();
    while ((await states())[0] !== 'RUNNING') await sleep(20);
    const { desired, taskStatus } = await ask('stop');
    expect([desired, ...taskStatus.map(({ state }) => state)]).toEqual(['STOPPED', 'STOPPED', 'STOPPED']);
    expect(schedules.at(-1)).toMatchObject({ tasks: 0, enabled: false });
    release();
    await run;
    expect(await states()).toEqual(['STOPPED', 'STOPPED']);
    expect(started).toEqual([]);
    expect((await sink.status()).taskStatus.map(({ positions }) => Object.keys(positions).length)).toEqual([0, 1]);
    expect(await sink.invoke({ task: 0 })).toMatchObject({ outcome: 'paused' });
    await expect(sink.ask({ action: 'run', connector: sink.spec.name })).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: `connector ${sink.spec.name} is STOPPED`,
    });

    await sink.apply();
    expect(await states()).toEqual(['STOPPED', 'STOPPED']);
    expect((await ask('resume')).desired).toBe('RUNNING');
    expect(schedules.at(-1)).toMatchObject({ tasks: 2, enabled: true });
    sink.target.onWrite = () => {};
    expect(await sink.run({ task: 0 })).toMatchObject({ records: 20 });
    expect(await sink.run({ task: 1 })).toMatchObject({ records: 0 });
  });

  it('that is stopped can be paused instead, and has its schedules then', async () => {
    await ask('stop');
    await ask('pause');
    expect(await states()).toEqual(['PAUSED', 'PAUSED']);
    expect(schedules.at(-1)).toMatchObject({ tasks: 2, enabled: false });
  });

  it('that is restarted has its runs ended, its failures cleared and its tasks started', async () => {
    sink.target.onWrite = () => {
      throw new ConnectError('FORBIDDEN', 'no');
    };
    expect(await sink.invoke({ task: 1 })).toMatchObject({ outcome: 'failed' });
    expect(await states()).toEqual(['IDLE', 'FAILED']);
    expect(await sink.status()).toMatchObject({ desired: 'RUNNING', state: 'DEGRADED' });
    expect(await sink.invoke({ task: 0 })).toMatchObject({ outcome: 'failed' });
    const { state } = await sink.status();
    expect(await sink.ask<object[]>({ action: 'list' })).toContainEqual(expect.objectContaining({ name: sink.spec.name, state }));
    expect(state).toBe('FAILED');
    await sink.ask({ action: 'resume', connector: sink.spec.name });
    expect(await sink.status()).toMatchObject({ state: 'RUNNING' });
    expect(await sink.invoke({ task: 1 })).toMatchObject({ outcome: 'failed' });
    const run = running();
    while ((await states())[0] !== 'RUNNING') await sleep(20);
    expect(await ask<RestartResult>('restart')).toEqual({ connector: sink.spec.name, restarted: [0, 1] });
    expect(started.toSorted()).toEqual([0, 1]);
    expect(await states()).toEqual(['IDLE', 'IDLE']);
    release();
    await run;
    expect((await sink.status()).taskStatus[0]?.positions).toEqual({});
    sink.target.onWrite = () => {};
    expect(await sink.run({ task: 0 })).toMatchObject({ records: 20 });
  });

  it('is restarted in part: the tasks that are named, or those that failed', async () => {
    expect(await ask<RestartResult>('restart', { tasks: [1] })).toMatchObject({ restarted: [1] });
    expect(await ask<RestartResult>('restart', { onlyFailed: true })).toMatchObject({ restarted: [] });
    sink.target.onWrite = () => {
      throw new ConnectError('FORBIDDEN', 'no');
    };
    await sink.invoke({ task: 0 });
    expect(await ask<RestartResult>('restart', { onlyFailed: true })).toMatchObject({ restarted: [0] });
    expect(started).toEqual([1, 0]);
    await expect(ask('restart', { tasks: [2] })).rejects.toMatchObject({ code: 'CONFIG_INVALID', remedy: 'use 0 to 1' });
    await ask('stop');
    await expect(ask('restart')).rejects.toMatchObject({ code: 'WRONG_STATE' });
  });
});
