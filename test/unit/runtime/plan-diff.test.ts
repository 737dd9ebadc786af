import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ConnectError } from '../../../src/api/index.ts';
import { assignSticky } from '../../../src/kit/index.ts';
import { checkPositionsFit, diffPlan, movedPartitions } from '../../../src/runtime/planner/plan-diff.ts';
import type { InForce } from '../../../src/runtime/run/in-force.ts';
import { connectorSpec, plannedTask } from '../../support/specs.ts';

const running = (split: string[][]): InForce[] =>
  split.map((partitions, task) => ({ task, planned: plannedTask(partitions), positions: new Map() }));

const connector = { name: 'orders', spec: connectorSpec(), desired: 'RUNNING', generation: 1, lastGeneration: 1, tasks: 1 } as const;

/** What putting these partitions in force changes, with `spec` in place of the connector's. */
const diffOf = (wanted: readonly string[][], current: InForce[], spec = connectorSpec()) =>
  diffPlan(
    wanted.map((own) => plannedTask(own, spec)),
    current,
    { connector, spec },
  );

describe('plan diff', () => {
  it('says of each task whether it is created, changed, deleted or kept', () => {
    const diffs = diffOf([['a'], ['b', 'd']], running([['a'], ['b'], ['c']]));
    expect(diffs.map(({ task, change, gained, lost }) => ({ task, change, gained, lost }))).toEqual([
      { task: 0, change: 'keep', gained: [], lost: [] },
      { task: 1, change: 'change', gained: ['d'], lost: [] },
      { task: 2, change: 'delete', gained: [], lost: ['c'] },
    ]);
  });

  it('changes tasks whose options differ, not those of which only the schedule or the task limit does', () => {
    const now = running([['a']]);
    const schedule = connectorSpec({ trigger: { schedule: 'rate(1 minute)', timeZone: 'UTC' }, maxTasks: 9 });
    expect(diffOf([['a']], now, schedule)[0]).toMatchObject({ change: 'keep', configChanged: false });
    const topic = connectorSpec({ rocketmq: { ...connectorSpec().rocketmq, topic: 'other' } });
    expect(diffOf([['a']], now, topic)[0]).toMatchObject({ change: 'change', configChanged: true });
  });

  it('is empty against itself and, applied, gives what was wanted', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,2}$/), { maxLength: 20 });
    fc.assert(
      fc.property(names, names, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), (before, after, maxBefore, maxAfter) => {
        const old = assignSticky(before, maxBefore, []);
        const wanted = assignSticky(after, maxAfter, old);
        expect(diffOf(old, running(old)).every(({ change }) => change === 'keep')).toBe(true);
        const diffs = diffOf(wanted, running(old));
        const applied = diffs.map(({ task, gained, lost }) =>
          [...(old[task] ?? []).filter((name) => !lost.includes(name)), ...gained].sort(),
        );
        expect(applied).toEqual([...wanted.map((own) => [...own].sort()), ...old.slice(wanted.length).map(() => [])]);
        const home = (split: string[][], name: string) => split.findIndex((own) => own.includes(name));
        const moved = after.filter((name) => before.includes(name) && home(old, name) !== home(wanted, name)).length;
        expect(movedPartitions(diffs)).toBe(moved);
      }),
    );
  });

  it('refuses positions that would not fit an item and names the maxTasks that would do', () => {
    const partitions = Array.from({ length: 3_000 }, (_, index) => `a-topic-with-a-long-name-${index}`);
    const spec = connectorSpec({ maxTasks: 1 });
    const refusal = thrownBy(() => checkPositionsFit([{ partitions }], spec));
    expect(refusal.message).toMatch(/^maxTasks: 1 puts \d+ KB of positions into one task/);
    const enough = Number(/set maxTasks to (\d+) or more/.exec(refusal.remedy ?? '')?.[1]);
    expect(() => checkPositionsFit(split(enough), spec)).not.toThrow();
    expect(() => checkPositionsFit(split(Math.floor(enough / 2)), spec)).toThrow();

    function split(tasks: number) {
      return assignSticky(partitions, tasks, []).map((own) => ({ partitions: own }));
    }
  });
});

function thrownBy(work: () => void): ConnectError {
  try {
    work();
  } catch (error) {
    return error as ConnectError;
  }
  throw new Error('nothing was thrown');
}
