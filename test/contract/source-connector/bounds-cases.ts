import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { pacedRocketmq } from '../../support/paced-rocketmq.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import { ranOutOfTime } from '../ran-out-of-time.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const CAUGHT_UP_MS = 2_000;
/** What a look at RocketMQ and at the store takes at most on a machine that has time. Where it takes longer, a run may, too. */
const LOOK_MS = 40;
const CAUGHT_UP_ROUNDS = 10;
const DEADLINE_ROUNDS = 12;
const FIRST_DEADLINE_MS = 4_000;
/** As many as a run may send before its deadline: the slower, the longer it may take. */
const BEFORE_DEADLINE = 2_800;
const CASE_LIMIT_MS = 600_000;
/** Small steps, so that a run can end in many places. */
const steps = { maxInFlightBytes: 10_000 };
const RECORDS_PER_SECOND = 1_500;

/** Where a run ends. */
export function boundsCases(bench: () => Workbench, addCase: AddCase): void {
  addCase('ends at maxRecords, not one more, and goes on there', async () => {
    const copy = await bench().copy({ messages: 300, batch: { maxRecords: 250 } });
    for (const [records, outcome] of [
      [250, 'limit'],
      [250, 'limit'],
      [100, 'caught-up'],
    ])
      expect(await copy.run()).toMatchObject({ outcome: 'ran', summary: { outcome, records } });
    expect(await expectComplete(copy)).toBe(0);
  });

  addCase('ends at maxBytes, at most one record more, and goes on there', async () => {
    const copy = await bench().prepare({ batch: { maxBytes: 50_000 } });
    await copy.fill(100, 1_000);
    await copy.apply();
    const { summary } = await copy.run();
    expect(summary?.outcome).toBe('limit');
    expect(summary?.bytes).toBeGreaterThanOrEqual(50_000);
    expect(summary?.bytes).toBeLessThan(50_000 + 2_000);
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });

  addCase('ends at maxDurationMs, and goes on there', async () => {
    const messages = 3_000;
    const copy = await bench().copy({ messages, batch: steps });
    const ended = await untilUnderWay(async (maxDurationMs) => {
      await copy.apply({ batch: { ...copy.spec.batch, maxDurationMs } });
      // No run has the time for all of the two partitions, however long it may last.
      const pace = Math.min(RECORDS_PER_SECOND, messages / (maxDurationMs / 1_000));
      return copy.run({ deps: { loadRocketmq: () => pacedRocketmq(pace) } });
    });
    expect(ended).toMatchObject({ outcome: 'ran', continued: true, summary: { outcome: 'deadline' } });
    await copy.apply();
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });

  it(
    'ends before its deadline, and goes on there',
    async () => {
      const copy = await bench().copy({ messages: BEFORE_DEADLINE, batch: steps });
      // The best of a few, with a second more each time: others may use the machine, too.
      for (let rounds = 0, deadlineMs = FIRST_DEADLINE_MS, inTime = false; !inTime; deadlineMs += 1_000) {
        if (deadlineMs > FIRST_DEADLINE_MS) await copy.fill(BEFORE_DEADLINE / 2);
        const deadline = Date.now() + deadlineMs;
        const ended = await copy.run({ deadlineMs, deps: { loadRocketmq: () => pacedRocketmq(BEFORE_DEADLINE / (deadlineMs / 1_000)) } });
        inTime = Date.now() < deadline;
        if (cameNowhere(ended)) {
          inTime = false;
          await sleep(100);
          continue;
        }
        expect([ended.outcome, ended.summary?.outcome]).toEqual(['ran', 'deadline']);
        rounds += 1;
        if (rounds === DEADLINE_ROUNDS) expect(inTime).toBe(true);
      }
      await copy.settle();
      // A run of some seconds leaves a fraction of one to end in: a queue may take back what was on its way when the next run reads it already.
      const repeats = await expectComplete(copy, { takenOver: true });
      if (copy.source.pending === undefined) expect(repeats).toBe(0);
    },
    CASE_LIMIT_MS,
  );

  addCase('ends soon after it is asked to, and goes on there', async () => {
    const copy = await bench().copy({ messages: 3_000, batch: steps });
    const stop = new AbortController();
    const { running, goOn } = await copy.hold(200, 1_500, { signal: stop.signal });
    stop.abort();
    goOn();
    expect(await running).toMatchObject({ outcome: 'ran', summary: { outcome: 'interrupted' } });
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });

  it('is caught up in under 2 s where there is nothing new, with connections that are new and that are warm', async () => {
    const copy = await bench().copy({ messages: 10 });
    await copy.settle();
    // The best of a few: others may use the machine, too.
    const best = { fresh: Number.POSITIVE_INFINITY, warm: Number.POSITIVE_INFINITY };
    for (let round = 0; round < CAUGHT_UP_ROUNDS && Math.max(best.fresh, best.warm) >= CAUGHT_UP_MS; round += 1) {
      await using runtime = bench().newRuntime();
      for (const connections of ['fresh', 'warm'] as const) {
        const lookMs = await msOf(() => Promise.all([copy.arrived(), bench().runtime.store.listTasks(copy.name)]));
        const runMs = await msOf(async () =>
          expect(await copy.run({ runtime })).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 0 } }),
        );
        best[connections] = Math.min(best[connections], runMs * Math.min(1, LOOK_MS / lookMs));
      }
    }
    expect(Math.max(best.fresh, best.warm)).toBeLessThan(CAUGHT_UP_MS);
  });
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/**
 * Runs with a second more each time until a run has copied something. A busy machine may need any time to come so far; the
 * runs before end for lack of time, and with no other error.
 */
async function untilUnderWay(run: (ms: number) => Promise<TaskOutcome>): Promise<TaskOutcome> {
  for (let ms = 1_000; ; ms += 1_000) {
    const ended = await run(ms);
    const { summary } = ended;
    if (summary !== undefined && summary.records > 0) return ended;
    if (!ranOutOfTime(ended)) throw new Error(`the run ended before its time was over: ${JSON.stringify(ended)}`);
    await sleep(100);
  }
}

/** Its time was over before the first record or in the middle of a send, or it came before the pause after such a run was over. */
const cameNowhere = (ended: TaskOutcome): boolean =>
  ranOutOfTime(ended) && !(ended.summary?.outcome === 'deadline' && ended.summary.records > 0);
