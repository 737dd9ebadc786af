import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { usageOf } from '../../../src/runtime/planner/usage.ts';
import { NOTHING_COUNTED, plus, sumOf } from '../../../src/store/counters.ts';
import type { Counters, PlannerStore, RunItem, TaskRef } from '../../../src/store/store.ts';
import { connectorSpec, idleTask } from '../../support/specs.ts';

const EVERY_MS = 60_000;
const idleRun: Counters = { ...NOTHING_COUNTED, invocations: 1, durationMs: 200, writeUnits: 4, dynamodbRequests: 2 };

/** Runs at regular times, of which those with records leave an item, as the runtime leaves them. */
function history(records: readonly number[], beginsAt: number) {
  const runs: Array<RunItem & TaskRef> = [];
  const used: Array<{ at: number; usage: Counters }> = [];
  let total = NOTHING_COUNTED;
  for (const [n, count] of records.entries()) {
    const startedAt = beginsAt + n * EVERY_MS;
    const endedAt = startedAt + (count > 0 ? 5_000 : 200);
    const usage = count > 0 ? { ...idleRun, records: count, durationMs: 5_000, writeUnits: 5 } : idleRun;
    total = plus(total, usage);
    used.push({ at: startedAt, usage });
    if (count === 0) continue;
    runs.push({
      connector: 'orders',
      task: 0,
      startedAt,
      endedAt,
      outcome: 'caught-up',
      records: count,
      bytes: 0,
      deadLetters: 0,
      usage,
      total,
    });
  }
  const endedAt = (used.at(-1)?.at ?? beginsAt) + 200;
  const lastRun = { startedAt: endedAt, endedAt, outcome: 'caught-up' as const, records: 0, bytes: 0, deadLetters: 0, memoryMb: 512 };
  const item = idleTask({ counters: total, ...(used.length > 0 && { countedSince: beginsAt, lastRun }) });
  return { runs, used, item };
}

const storeOf = ({ runs, item }: ReturnType<typeof history>) =>
  ({
    getConnector: async () => ({ name: 'orders', spec: connectorSpec(), desired: 'RUNNING', generation: 1, lastGeneration: 1, tasks: 1 }),
    listTasks: async () => [item],
    async *runsFrom(_: string, since: number, before = false) {
      yield* before ? runs.filter(({ startedAt }) => startedAt < since).toReversed() : runs.filter(({ startedAt }) => startedAt >= since);
    },
  }) as unknown as PlannerStore;

describe('what a connector used since a time', () => {
  it('is what its runs used since then, also those without an item, but for one that was under way or idle just then', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 1_000 })), { maxLength: 60 }),
        fc.integer({ min: -10, max: 70 }),
        async (records, minutes) => {
          const past = history(records, 1_700_000_000_000);
          // Between two runs, where nothing is under way.
          const since = 1_700_000_000_000 + minutes * EVERY_MS - EVERY_MS / 2;
          const { usage } = await usageOf('orders', since, { store: storeOf(past) });
          const exact = sumOf(past.used.filter(({ at }) => at >= since).map((one) => one.usage));
          expect(usage.records).toBe(exact.records);
          expect(Math.abs(usage.invocations - exact.invocations)).toBeLessThanOrEqual(1.01);
          expect(Math.abs((usage.durationMs ?? 0) - (exact.durationMs ?? 0))).toBeLessThanOrEqual(203);
          expect(Math.abs((usage.writeUnits ?? 0) - (exact.writeUnits ?? 0))).toBeLessThanOrEqual(4.05);
        },
      ),
    );
  });

  it('names the memory of the function that ran it, and is nothing where no run was', async () => {
    expect(await usageOf('orders', 0, { store: storeOf(history([0], 5)) })).toMatchObject({ memoryMb: 512, tasks: 1, timeZone: 'UTC' });
    expect(await usageOf('orders', 0, { store: storeOf(history([], 5)) })).toMatchObject({ usage: NOTHING_COUNTED });
  });

  it('is refused without a time', async () => {
    const store = storeOf(history([], 5));
    await expect(usageOf('orders', undefined as never, { store })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
