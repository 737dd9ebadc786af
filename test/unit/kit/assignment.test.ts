import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignSticky } from '../../../src/kit/index.ts';

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}-\d{1,2}$/), { maxLength: 40 });
const tasks = fc.integer({ min: 1, max: 12 });

describe('sticky assignment', () => {
  it('puts every partition into exactly one task and leaves no task empty', () => {
    fc.assert(
      fc.property(names, names, tasks, tasks, (before, after, maxBefore, maxAfter) => {
        const result = assignSticky(after, maxAfter, assignSticky(before, maxBefore, []));
        expect(result.flat().sort()).toEqual([...after].sort());
        expect(result.length).toBe(Math.min(maxAfter, after.length));
        expect(result.every((own) => own.length > 0)).toBe(true);
      }),
    );
  });

  it('is even: two tasks differ by one partition at most', () => {
    fc.assert(
      fc.property(names, names, tasks, (before, after, max) => {
        const sizes = assignSticky(after, max, assignSticky(before, 3, [])).map((own) => own.length);
        if (sizes.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('changes nothing where nothing changed', () => {
    fc.assert(
      fc.property(names, tasks, (partitions, max) => {
        const first = assignSticky(partitions, max, []);
        expect(assignSticky(partitions, max, first)).toEqual(first);
        expect(assignSticky([...partitions].reverse(), max, first)).toEqual(first);
      }),
    );
  });

  it('moves no more partitions than evenness demands', () => {
    fc.assert(
      fc.property(names, names, tasks, tasks, (before, after, maxBefore, maxAfter) => {
        const previous = assignSticky(before, maxBefore, []);
        const result = assignSticky(after, maxAfter, previous);
        const stayed = result.map((own, task) => own.filter((name) => previous[task]?.includes(name)).length);
        expect(stayed.reduce((sum, count) => sum + count, 0)).toBe(mostThatCanStay(previous, after, result.length));
      }),
    );
  });

  it.each([
    [
      'a new partition goes to the task with room',
      [['a', 'b'], ['c']],
      ['a', 'b', 'c', 'd'],
      2,
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['one more task takes from the fullest', [['a', 'b', 'c']], ['a', 'b', 'c'], 2, [['a', 'b'], ['c']]],
    ['a task less hands its partitions over', [['a'], ['b'], ['c']], ['a', 'b', 'c'], 2, [['a', 'c'], ['b']]],
  ])('%s', (_, previous, partitions, max, expected) => {
    expect(assignSticky(partitions, max, previous)).toEqual(expected);
  });
});

/** By brute sizes: with `count` tasks of the even sizes, the larger ones given to whoever keeps most by it. */
function mostThatCanStay(previous: string[][], partitions: string[], count: number): number {
  if (count === 0) return 0;
  const held = Array.from({ length: count }, (_, task) => (previous[task] ?? []).filter((name) => partitions.includes(name)).length);
  const small = Math.floor(partitions.length / count);
  const base = held.map((size) => Math.min(size, small)).reduce((sum, size) => sum + size, 0);
  const couldKeepOneMore = held.filter((size) => size > small).length;
  return base + Math.min(couldKeepOneMore, partitions.length % count);
}
