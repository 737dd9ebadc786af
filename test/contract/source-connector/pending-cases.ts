import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { PendingPartitions } from '../../../src/api/index.ts';
import { pendingPartitions } from '../../../src/runtime/watch/pending-partitions.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { Copy } from './copy.ts';
import type { Workbench } from './workbench.ts';

const PARTITIONS = 3;
const LIMIT_MS = 60_000;
/** Nobody listens there. */
const NOWHERE = '127.0.0.1:1';

/** What a source says has something to copy. One that can't tell says that it is unknown, and all its tasks start. */
export function pendingCases(bench: () => Workbench, addCase: AddCase): void {
  const ask = async (copy: Copy, spec = copy.spec) => {
    const { store, taskDeps, plannerDeps } = bench().runtime;
    const items = await store.listTasks(copy.name);
    const split = items.flatMap(({ planned }) => planned?.taskConfig ?? []);
    const positions = new Map(items.flatMap((item) => [...item.positions]));
    return pendingPartitions({ spec, split, positions }, { ...plannerDeps, ...taskDeps }, new AbortController().signal);
  };

  /**
   * Servers count their messages late. A log also has what other tests write to its server: it is pending until a run has passed over that.
   */
  const eventually = async (copy: Copy, expected: readonly string[]) => {
    const deadline = Date.now() + LIMIT_MS;
    let pending = await ask(copy);
    while (!isSame(pending, expected) && Date.now() < deadline) {
      await sleep(100);
      if (expected.length === 0) await copy.settle();
      pending = await ask(copy);
    }
    if ('partitions' in pending) expect([...pending.partitions.keys()].toSorted()).toEqual(expected);
  };

  const partitionsOf = ({ harness, source }: Copy): readonly string[] =>
    harness.onePartition === undefined ? source.partitions.toSorted() : [harness.onePartition];

  // By itself: to a reader of MySQL's log, what other cases write is pending, too.
  it('names what was never read, nothing once all is copied, and then the partition that gets a record', async () => {
    const copy = await bench().copy({ partitions: PARTITIONS, messages: 5, maxTasks: 2 });
    await eventually(copy, partitionsOf(copy));
    await copy.settle();
    await eventually(copy, []);
    const [, second = ''] = copy.source.partitions;
    await copy.source.fill(second, [{ key: null, value: Buffer.from('one more'), headers: [], timestamp: Date.now() }]);
    const changed = copy.harness.onePartition ?? second;
    await eventually(copy, [changed]);
    const { partitions = new Set() } = (await ask(copy)) as { partitions?: PendingPartitions };
    if (partitions instanceof Map) expect([...partitions]).toEqual([[changed, 1]]);
    await copy.settle();
    await eventually(copy, []);
  });

  addCase('does not know what is pending at a source that can not be reached, so that all tasks start', async () => {
    const copy = await bench().copy({ messages: 1 });
    await copy.settle();
    const { system } = await bench().spec(copy.source, {}, copy.source.config({ address: NOWHERE }));
    expect(await ask(copy, { ...copy.spec, system })).toMatchObject({ unknown: expect.any(String) });
  });
}

const isSame = (pending: Awaited<ReturnType<typeof pendingPartitions>>, expected: readonly string[]): boolean =>
  'unknown' in pending || (pending.partitions.size === expected.length && expected.every((name) => pending.partitions.has(name)));
