import { afterAll, beforeAll, expect } from '@jest/globals';
import pMap from 'p-map';
import { ascendingRuns } from '../../support/copy-check.ts';
import { type AwaitPoint, describePoint, isOfProducer } from '../../support/crash/interrupting.ts';
import { killRandomly, LEASE_OVER_MS } from '../../support/crash/kill-randomly.ts';
import { runWorker } from '../../support/crash/run-worker.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { SourceHarness } from '../harness/source-harness.ts';
import type { Copy } from './copy.ts';
import { expectComplete, keepsOrder } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const MESSAGES = 300;
/** Polls are small and each is followed by a checkpoint, so that there is something to lose in between. */
const steps = { maxInFlightBytes: 10_000, checkpointIntervalMs: 0 };
const RANDOM_KILLS = 5;
/** These calls follow calls of the store. */
const AFTER_STORE = ['task.start', 'task.acknowledged', 'task.stop'];
/** Two at a time keep two cores busy. */
const AT_ONCE = 2;

/** A process that dies loses nothing, wherever it dies. */
export function crashCases(bench: () => Workbench, addCase: AddCase): void {
  /** When the leases of the dead have run out. */
  let later: TestRuntime;
  beforeAll(() => {
    later = bench().newRuntime(LEASE_OVER_MS);
  });
  afterAll(() => later?.close());

  addCase('resumes after a kill at every await point: nothing is lost, order holds', dieEverywhere);
  addCase('loses nothing when it is killed at random, again and again', dieAtRandom);

  async function dieEverywhere(): Promise<void> {
    const traced = await bench().copy({ messages: MESSAGES, batch: steps });
    const { calls, outcome } = await runWorker(traced.order());
    expect(outcome).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 2 * MESSAGES } });
    expect(await expectComplete(traced)).toBe(0);
    const points = pointsOf(calls ?? {});
    expect(points.map(({ method }) => method)).toEqual(
      expect.arrayContaining(['store.acquire', 'store.release', 'task.start', 'task.poll', 'task.stop', 'producer.send']),
    );
    await pMap(points.filter(asked(bench().harness)), dieAt, { concurrency: AT_ONCE });
  }

  async function dieAt(at: AwaitPoint): Promise<void> {
    const copy = await bench().copy({ messages: MESSAGES, batch: steps });
    const { signal } = await runWorker(copy.order({ at }));
    // How many polls there are is the system's; the first call of a method is always made.
    if (at.nth === 1 && signal !== 'SIGKILL') throw new Error(`not killed ${describePoint(at)}`);
    const [left] = await later.store.listTasks(copy.name);
    await copy.settle(later);
    try {
      await expectComplete(copy, { takenOver: true });
      if (copy.source.pending === undefined && copy.harness.onePartition === undefined)
        await expectRepeatsFrom(copy, left?.positions ?? new Map());
    } catch (cause) {
      throw new Error(`killed ${describePoint(at)}: ${(cause as Error).message}`, { cause });
    }
  }

  async function dieAtRandom(): Promise<void> {
    const copy = await bench().copy({ messages: 1_500, batch: steps });
    const order = copy.order({ recordsPerSecond: 2_000 });
    const { laterMs } = await killRandomly(order, RANDOM_KILLS, 300, { more: () => copy.fill(1_500) });
    await using successor = bench().newRuntime(laterMs);
    await copy.settle(successor);
    await expectComplete(copy, { takenOver: true });
  }
}

/** The first call of each method and one in the middle of a run, before and after. */
function pointsOf(calls: Readonly<Record<string, number>>): AwaitPoint[] {
  return Object.entries(calls).flatMap(([method, count]) =>
    [1, ...(count >= 4 ? [Math.ceil(count / 2)] : [])].flatMap((nth) => [
      { method, when: 'before' as const, nth },
      { method, when: 'after' as const, nth },
    ]),
  );
}

function asked({ killedInProducerOnly, killedOutsideStoreOnly }: SourceHarness): (point: AwaitPoint) => boolean {
  if (killedInProducerOnly) return (point) => isOfProducer(point) && isAfter(point);
  return killedOutsideStoreOnly ? isOwn : isAfter;
}

/** A kill before a call is one after the call that came first. */
const isAfter = ({ when }: AwaitPoint): boolean => when === 'after';

/**
 * Whether no other point of a harness without kills inside the store is the same. A kill before a call of the task that follows one of the
 * store is no other point's; a kill before any other call is one after the call that came first.
 */
const isOwn = ({ method, when }: AwaitPoint): boolean => !method.startsWith('store.') && (when === 'after' || AFTER_STORE.includes(method));

/** A log is read again from the last checkpoint: no further back, and where order tells, not from behind it. Positions count from 0. */
async function expectRepeatsFrom(copy: Copy, stored: ReadonlyMap<string, string>): Promise<void> {
  for (const [partition, arrived] of await copy.arrivals()) {
    if (!keepsOrder(copy.harness)) {
      const place = Number(stored.get(partition) ?? 0);
      expect(repeated(arrived.map(({ number }) => number)).filter((number) => number < place)).toEqual([]);
      continue;
    }
    const runs = ascendingRuns(arrived.map(({ number }) => number));
    expect(runs.slice(1).map(([first]) => first)).toEqual(runs.length > 1 ? [Number(stored.get(partition) ?? 0)] : []);
  }
}

const repeated = (numbers: readonly number[]): number[] => numbers.filter((number, index) => numbers.indexOf(number) < index);
