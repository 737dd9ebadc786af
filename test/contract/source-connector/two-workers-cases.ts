import { afterAll, beforeAll, expect } from '@jest/globals';
import { type AwaitPoint, describePoint, isOfProducer } from '../../support/crash/interrupting.ts';
import { LEASE_OVER_MS } from '../../support/crash/kill-randomly.ts';
import { reportOf, startWorker } from '../../support/crash/run-worker.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { SourceHarness } from '../harness/source-harness.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const steps = { maxInFlightBytes: 20_000, checkpointIntervalMs: 0 };

const own: readonly AwaitPoint[] = [
  { method: 'task.poll', when: 'after', nth: 2 },
  { method: 'producer.send', when: 'before', nth: 2 },
  { method: 'producer.send', when: 'after', nth: 2 },
];
const inStore: readonly AwaitPoint[] = [
  { method: 'store.checkpoint', when: 'before', nth: 2 },
  { method: 'store.release', when: 'before', nth: 1 },
];

function asked({ killedInProducerOnly, killedOutsideStoreOnly }: SourceHarness): readonly AwaitPoint[] {
  if (killedInProducerOnly) return own.filter(isOfProducer);
  return killedOutsideStoreOnly ? own : [...own, ...inStore];
}

/** Two workers on one task, because one was frozen past its lease. */
export function twoWorkersCases(bench: () => Workbench, addCase: AddCase, harness: SourceHarness): void {
  let successor: TestRuntime;
  beforeAll(() => {
    successor = bench().newRuntime(LEASE_OVER_MS);
  });
  afterAll(() => successor?.close());

  for (const at of asked(harness))
    addCase(`loses nothing when another takes over from a worker that is frozen ${describePoint(at)}, and that goes on later`, () =>
      takeOver(at),
    );

  async function takeOver(at: AwaitPoint): Promise<void> {
    const copy = await bench().copy({ messages: 1_000, batch: steps });
    await using frozen = startWorker(copy.order({ at, signal: 'SIGSTOP' }));
    await frozen.stopped();
    const [before] = await successor.store.listTasks(copy.name);
    // What the frozen one holds of a queue is out of reach; a log is all there.
    const { outcome } = await copy.run({ runtime: successor });
    if (copy.source.pending === undefined) expect(outcome).toBe('ran');
    const [after] = await successor.store.listTasks(copy.name);
    expect(after?.epoch).toBe((before?.epoch ?? 0) + 1);

    frozen.kill('SIGCONT');
    await frozen.exited;
    expect(reportOf(frozen)?.outcome.outcome).toBe('lease-lost');
    expect(await successor.store.listTasks(copy.name)).toEqual([after]);
    await copy.settle(successor);
    await expectComplete(copy, { takenOver: true });
  }
}
