import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { SourceHarness } from '../harness/source-harness.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const PARTITIONS = 7;
const ABSENT_MS = 20;
/** A FIFO topic takes the messages of a partition one by one, on a busy machine in a third of a second each. */
const FIFO_SHARE = 1 / 10;

/** What users do to a connector while it runs. */
export function lifeCases(bench: () => Workbench, addCase: AddCase, { toFifo }: SourceHarness): void {
  const share = (count: number) => (toFifo ? count * FIFO_SHARE : count);
  const steps = { maxInFlightBytes: share(10_000), checkpointIntervalMs: 0 };

  addCase('ends the run it is in when it is paused, starts no other, and goes on when it is resumed', async () => {
    const copy = await bench().copy({ messages: share(1_000), batch: steps });
    const planner = createPlanner(bench().runtime.plannerDeps);
    const { running, goOn } = await copy.hold(share(200), 2_000);
    expect(await planner.handle({ action: 'pause', connector: copy.name })).toMatchObject({ ok: true });
    goOn();
    expect((await running).outcome).toBe('ran');
    const before = await copy.arrived();
    await copy.fill(share(100));
    expect((await copy.run()).outcome).toBe('paused');
    expect(await copy.arrived()).toBe(before);
    expect(await planner.handle({ action: 'resume', connector: copy.name })).toMatchObject({ ok: true });
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });

  addCase('keeps its place when a re-plan moves partitions: what was copied is not copied again', async () => {
    const copy = await bench().copy({ partitions: PARTITIONS, messages: share(50), maxTasks: 2 });
    await copy.settle();
    await copy.apply({ maxTasks: 5 });
    await copy.fill(share(50));
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });

  addCase('moves partitions between running tasks again and again: nothing is lost', async () => {
    const batch = { ...steps, maxRecords: share(300) };
    const copy = await bench().copy({ partitions: PARTITIONS, messages: share(200), maxTasks: 2, batch });
    let planning = true;
    const triggers = [0, 1, 2, 3, 4].map(async (task) => {
      while (planning) {
        const { outcome } = await copy.run({ task });
        // There may be no such task now, and to ask for it again at once would only keep the machine busy.
        if (outcome !== 'ran') await sleep(ABSENT_MS);
      }
    });
    try {
      for (const maxTasks of [5, 3, 1, 4, 2]) {
        await copy.fill(share(80));
        const { tasks, moved } = await copy.apply({ maxTasks });
        const divisible = copy.harness.onePartition === undefined;
        expect(tasks.filter(({ change }) => change !== 'delete')).toHaveLength(divisible ? maxTasks : 1);
        expect(moved > 0).toBe(divisible);
      }
    } finally {
      planning = false;
      await Promise.all(triggers);
    }
    await copy.settle();
    await expectComplete(copy, { takenOver: true });
  });

  addCase('lets one of two triggers at once run, and the other one be answered by a continuation', async () => {
    const copy = await bench().copy({ messages: share(500), batch: steps });
    // The one that runs sends nothing before the other one is answered.
    const answered = Promise.withResolvers<void>();
    const loadRocketmq = () => answered.promise.then(() => import('../../../src/transport/index.ts'));
    const trigger = () => copy.run({ deps: { loadRocketmq } }).finally(answered.resolve);
    const outcomes = await Promise.all([trigger(), trigger()]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['busy', 'ran']);
    expect(outcomes.find(({ outcome }) => outcome === 'ran')?.continued).toBe(true);
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });
}
