import { expect } from '@jest/globals';
import type { AddCase } from '../../support/side-by-side.ts';
import type { Copy } from './copy.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const PARTITIONS = 6;

/** How a source is split into tasks. */
export function planningCases(bench: () => Workbench, addCase: AddCase): void {
  addCase('makes as many tasks as its list is long, never more than maxTasks, with every partition in one of them', async () => {
    const copy = await bench().prepare({ partitions: PARTITIONS });
    const planned = partitionsOf(copy);
    for (const maxTasks of [1, 4, PARTITIONS, PARTITIONS + 3]) {
      const { tasks } = await copy.apply({ maxTasks });
      const kept = tasks.filter(({ change }) => change !== 'delete');
      expect(kept).toHaveLength(Math.min(maxTasks, planned.length));
      expect(kept.flatMap(({ partitions }) => partitions).sort()).toEqual([...planned].sort());
    }
  });

  addCase('leaves partitions where they are: a re-plan moves as few as it can, and none without a change', async () => {
    const copy = await bench().prepare({ partitions: PARTITIONS });
    await copy.apply({ maxTasks: 2 });
    const before = await bench().runtime.store.listTasks(copy.name);
    expect(await copy.apply({ maxTasks: 2 })).toMatchObject({ changed: false, moved: 0 });
    expect(await bench().runtime.store.listTasks(copy.name)).toEqual(before);
    const moved = partitionsOf(copy).length > 1 ? 2 : 0;
    expect((await copy.apply({ maxTasks: 3 })).moved).toBe(moved);
    expect((await copy.apply({ maxTasks: 2 })).moved).toBe(moved);
  });

  addCase('plans a source that is empty, and copies from it what comes later', async () => {
    const copy = await bench().copy({ maxTasks: 2 });
    for (const { task } of await bench().runtime.store.listTasks(copy.name))
      expect(await copy.run({ task })).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 0 } });
    await copy.fill(10);
    await copy.settle();
    await expectComplete(copy);
  });
}

/** As the connector's tasks name them. */
const partitionsOf = ({ harness, source }: Copy): readonly string[] =>
  harness.onePartition === undefined ? source.partitions : [harness.onePartition];
