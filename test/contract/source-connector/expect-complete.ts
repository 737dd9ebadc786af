import { expect } from '@jest/globals';
import type { SourceHarness } from '../harness/source-harness.ts';
import type { Copy } from './copy.ts';

/** Whether the messages of a partition arrive in their order where no reader is followed by another. */
export const keepsOrder = ({ overGrpc, toFifo }: SourceHarness): boolean => overGrpc === undefined || toFifo === true;

/**
 * Nothing is lost, the first copies of each partition are in order, a repeat has its first copy's key, and nothing is left at
 * the source. `takenOver`: a reader was followed by another while it may have held messages. Returns the number of repeats.
 */
export async function expectComplete(copy: Copy, { takenOver = false } = {}): Promise<number> {
  const inOrder = keepsOrder(copy.harness) && !(takenOver && copy.harness.losesOrderWhenTakenOver);
  const byPartition = await copy.arrivals();
  expect([...byPartition.keys()].sort()).toEqual([...copy.source.partitions].sort());
  let repeats = 0;
  for (const arrived of byPartition.values()) {
    const firstCopies = [...new Set(arrived.map(({ number }) => number))];
    if (!inOrder) firstCopies.sort((a, b) => a - b);
    expect(firstCopies).toEqual(Array.from({ length: copy.filled }, (_, number) => number));
    expect(new Set(arrived.map(({ key }) => key)).size).toBe(firstCopies.length);
    repeats += arrived.length - firstCopies.length;
  }
  expect(await copy.pending()).toBe(0);
  return repeats;
}
