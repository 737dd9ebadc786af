import { afterAll, beforeAll, expect } from '@jest/globals';
import pMap from 'p-map';
import { type AwaitPoint, describePoint } from '../../support/crash/interrupting.ts';
import { killRandomly, LEASE_OVER_MS } from '../../support/crash/kill-randomly.ts';
import { reportOf, runWorker, startWorker } from '../../support/crash/run-worker.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { SinkHarness } from '../harness/sink-harness.ts';
import type { SinkBench } from './sink-bench.ts';

const MESSAGES = 300;
/** Batches are small and each is followed by a checkpoint, so that there is something to lose in between. */
const steps = { maxInFlightBytes: 2_000, checkpointIntervalMs: 0 };
const RANDOM_KILLS = 5;
const AT_ONCE = 2;

/** A process that dies or freezes loses nothing, wherever that happens. */
export function crashCases(bench: () => SinkBench, addCase: AddCase, { killedOutsideStoreOnly }: SinkHarness): void {
  /** When the leases of the dead have run out. */
  let later: TestRuntime;
  beforeAll(() => {
    later = bench().later(LEASE_OVER_MS);
  });
  afterAll(() => later?.close());

  const own: readonly AwaitPoint[] = [
    { method: 'task.write', when: 'before', nth: 2 },
    { method: 'task.write', when: 'after', nth: 2 },
  ];
  const inStore: readonly AwaitPoint[] = [{ method: 'store.release', when: 'before', nth: 1 }];
  addCase('resumes after a kill at every await point: nothing is lost, order holds', dieEverywhere);
  addCase('loses nothing when it is killed at random, again and again', dieAtRandom);
  for (const at of [...own, ...(killedOutsideStoreOnly ? [] : inStore)])
    addCase(`loses nothing when another takes over from a worker that is frozen ${describePoint(at)}, and that goes on later`, () =>
      takeOver(at),
    );

  async function dieEverywhere(): Promise<void> {
    const traced = await bench().copy({ messages: MESSAGES, batch: steps });
    const { calls, outcome } = await runWorker(bench().order(traced));
    expect(outcome).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 2 * MESSAGES } });
    expect(await traced.expectComplete()).toBe(0);
    const points = pointsOf(calls ?? {});
    expect(points.map(({ method }) => method)).toEqual(
      expect.arrayContaining(['store.acquire', 'store.release', 'task.start', 'task.write', 'task.stop', 'queues.bounds', 'queues.read']),
    );
    const isOwn = ({ method }: AwaitPoint) => !method.startsWith('store.');
    await pMap(killedOutsideStoreOnly ? points.filter(isOwn) : points, dieAt, { concurrency: AT_ONCE });
  }

  async function dieAt(at: AwaitPoint): Promise<void> {
    const copy = await bench().copy({ messages: MESSAGES, batch: steps });
    const { signal } = await runWorker(bench().order(copy, { at }));
    // How many batches there are may differ; the first call of a method is always made.
    if (at.nth === 1 && signal !== 'SIGKILL') throw new Error(`not killed ${describePoint(at)}`);
    try {
      await copy.settle(later);
      await copy.expectComplete();
    } catch (cause) {
      throw new Error(`killed ${describePoint(at)}: ${(cause as Error).message}`, { cause });
    }
  }

  async function dieAtRandom(): Promise<void> {
    const copy = await bench().copy({ messages: 1_500, batch: steps });
    const { laterMs } = await killRandomly(bench().order(copy), RANDOM_KILLS, 300, { more: () => copy.fill(1_500) });
    await using successor = bench().later(laterMs);
    await copy.settle(successor);
    await copy.expectComplete();
  }

  async function takeOver(at: AwaitPoint): Promise<void> {
    const copy = await bench().copy({ messages: 500, batch: steps });
    await using frozen = startWorker(bench().order(copy, { at, signal: 'SIGSTOP' }));
    await frozen.stopped();
    const { outcome } = await copy.sink.invoke({ runtime: later, deadlineMs: 120_000 });
    expect(outcome).toBe('ran');
    const [after] = await later.store.listTasks(copy.sink.spec.name);
    frozen.kill('SIGCONT');
    await frozen.exited;
    expect(reportOf(frozen)?.outcome.outcome).toBe('lease-lost');
    expect(await later.store.listTasks(copy.sink.spec.name)).toEqual([after]);
    await copy.settle(later);
    await copy.expectComplete();
  }
}

/** The first call of each method and one in the middle of a run. A kill before a call is one after the call that came first. */
function pointsOf(calls: Readonly<Record<string, number>>): AwaitPoint[] {
  return Object.entries(calls).flatMap(([method, count]) =>
    [1, ...(count >= 4 ? [Math.ceil(count / 2)] : [])].map((nth) => ({ method, when: 'after' as const, nth })),
  );
}
