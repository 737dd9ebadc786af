import { describe, expect, it } from '@jest/globals';
import { splitQueues } from '../../../src/kit/index.ts';

const queues = (topic: string, count: number) => Array.from({ length: count }, (_, id) => `${topic}:b:${id}`);

describe('the split of queues', () => {
  it('spreads those of all topics evenly, and tells of each topic once how many there are', () => {
    expect(splitQueues(2, [], [...queues('a', 3), ...queues('c', 1)])).toEqual([
      { partitions: ['a:b:0', 'a:b:1'], options: { queues: { a: 3 } } },
      { partitions: ['a:b:2', 'c:b:0'], options: { queues: { c: 1 } } },
    ]);
  });

  it('leaves queues where they are when a topic comes or goes', () => {
    const before = splitQueues(2, [], queues('a', 4));
    const after = splitQueues(2, before, [...queues('a', 4), ...queues('c', 2)]);
    expect(after.map(({ partitions }) => partitions)).toEqual([
      ['a:b:0', 'a:b:1', 'c:b:0'],
      ['a:b:2', 'a:b:3', 'c:b:1'],
    ]);
    expect(splitQueues(2, after, queues('a', 4))).toEqual(before);
  });

  it('has no task where there is no queue', () => {
    expect(splitQueues(3, [], [])).toEqual([]);
  });
});
