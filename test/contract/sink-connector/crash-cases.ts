import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pMap from 'p-map';
import { type AwaitPoint, describePoint } from '../../support/crash/interrupting.ts';
import { killRandomly, LEASE_OVER_MS } from '../../support/crash/kill-randomly.ts';
import { reportOf, runWorker, startWorker } from '../../support/crash/run-worker.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import type { SinkHarness } from '../harness/sink-harness.ts';
import type { SinkBench } from './sink-bench.ts';

const MESSAGES = 600;
/** Batches are small and each is followed by a checkpoint, so that there is something to lose in between. */
const steps = { maxInFlightBytes: 4_000, checkpointIntervalMs: 0 };
const CASE_LIMIT_MS = 600_000;
const AT_ONCE = 2;

/** A process that dies or freezes loses nothing, wherever that happens. */
export function crashCases(bench: () => SinkBench, { killedOutsideStoreOnly }: SinkHarness): void {
  /** When the leases of the dead have run out. */
  let later: TestRuntime;
  beforeAll(() => {
    later = bench().later(LEASE_OVER_MS);
  });
  afterAll(() => later?.close());

  it(
    'resumes after a kill at every await point: nothing is lost, order holds',
    async () => {
      const traced = await bench().copy({ messages: MESSAGES, batch: steps });
      const { calls, outcome } = await runWorker(bench().order(traced));
      expect(outcome).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 2 * MESSAGES } });
      expect(await traced.expectComplete()).toBe(0);
      const points = pointsOf(calls ?? {});
      expect(points.map(({ method }) => method)).toEqual(
        expect.arrayContaining(['store.acquire', 'store.release', 'task.start', 'task.write', 'task.stop', 'queues.bounds', 'queues.read']),
      );
      const own = ({ method, when }: AwaitPoint) => !method.startsWith('store.') && when === 'after';
      await pMap(killedOutsideStoreOnly ? points.filter(own) : points, dieAt, { concurrency: AT_ONCE });
    },
    CASE_LIMIT_MS,
  );

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

  it(
    'loses nothing when it is killed ten times at random',
    async () => {
      const copy = await bench().copy({ messages: 2_500, batch: steps });
      const { laterMs } = await killRandomly(bench().order(copy), 10, 300, { more: () => copy.fill(2_500) });
      await using successor = bench().later(laterMs);
      await copy.settle(successor);
      await copy.expectComplete();
    },
    CASE_LIMIT_MS,
  );

  const own: readonly AwaitPoint[] = [
    { method: 'task.write', when: 'before', nth: 2 },
    { method: 'task.write', when: 'after', nth: 2 },
  ];
  const inStore: readonly AwaitPoint[] = [{ method: 'store.release', when: 'before', nth: 1 }];

  it.each([...own, ...(killedOutsideStoreOnly ? [] : inStore)])(
    'loses nothing when another takes over from a worker that is frozen $when $method, and that goes on later',
    async (at) => {
      const copy = await bench().copy({ messages: 1_000, batch: steps });
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
    },
    CASE_LIMIT_MS,
  );
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
