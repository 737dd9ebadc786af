import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { taskOptions } from '../../../src/connectors/kafka/plan/planned-topics.ts';
import { splitPartitions } from '../../../src/connectors/kafka/plan/split-partitions.ts';
import { parsePartitionName, partitionName } from '../../../src/connectors/kafka/protocol/partition-name.ts';
import type { Topic } from '../../../src/connectors/kafka/protocol/topics.ts';

const topic = (name: string, partitions: number, rest: Partial<Topic> = {}): Topic => ({
  name,
  id: `id-of-${name}`,
  internal: false,
  error: undefined,
  readable: true,
  writable: true,
  leaders: Array.from({ length: partitions }, () => ({ node: 1, host: 'kafka', port: 9092 })),
  ...rest,
});
const byList = {};
const byPattern = { topicsPattern: '.*' };
const addedLater = (tasks: ReturnType<typeof splitPartitions>) => tasks.flatMap((task) => taskOptions(task).addedLater).sort();

const topicSizes = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9.-]{0,5}$/), fc.integer({ min: 1, max: 12 }), { maxKeys: 5 });

describe('partition names', () => {
  it('can be read back whatever the topic is called', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._-]{1,30}$/), fc.nat(999_999_999), (name, partition) => {
        expect(parsePartitionName(partitionName({ topic: name, partition }))).toEqual({ topic: name, partition });
      }),
    );
  });

  it.each(['orders', 'orders-', 'orders-01', 'orders-x', '-1', ''])('refuses %j', (name) => {
    expect(parsePartitionName(name)).toBeUndefined();
  });
});

describe('the split of topics into tasks', () => {
  it('has every partition in exactly one task and spreads each topic evenly', () => {
    fc.assert(
      fc.property(topicSizes, fc.integer({ min: 1, max: 8 }), (wanted, maxTasks) => {
        const topics = Object.entries(wanted).map(([name, partitions]) => topic(name, partitions));
        const tasks = splitPartitions(topics, maxTasks, [], byList);
        const all = topics.flatMap(({ name, leaders }) => leaders.map((_, partition) => partitionName({ topic: name, partition })));
        expect(tasks.flatMap(({ partitions }) => partitions).sort()).toEqual(all.sort());
        for (const { name } of topics) {
          const counts = tasks.map(({ partitions }) => partitions.filter((own) => parsePartitionName(own)?.topic === name).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('stays as it is while nothing changes', () => {
    const first = splitPartitions([topic('a', 5), topic('b', 3)], 3, [], byList);
    expect(splitPartitions([topic('a', 5), topic('b', 3)], 3, first, byList)).toEqual(first);
  });

  it('knows its topics by id, each task its own', () => {
    const tasks = splitPartitions([topic('a', 1), topic('b', 1)], 2, [], byList);
    expect(tasks.map((task) => taskOptions(task).topicIds)).toEqual([{ a: 'id-of-a' }, { b: 'id-of-b' }]);
  });

  it('remembers partitions that came later, so that none of their records is missed', () => {
    const first = splitPartitions([topic('a', 2)], 2, [], byList);
    const grown = splitPartitions([topic('a', 4)], 2, first, byList);
    expect([first, grown, splitPartitions([topic('a', 4)], 3, grown, byList)].map(addedLater)).toEqual([
      [],
      ['a-2', 'a-3'],
      ['a-2', 'a-3'],
    ]);
  });

  it('takes a new topic as added later where a pattern found it, as new where the list was changed', () => {
    const first = splitPartitions([topic('a', 1)], 2, [], byList);
    expect(addedLater(splitPartitions([topic('a', 1), topic('b', 1)], 2, first, byList))).toEqual([]);
    expect(addedLater(splitPartitions([topic('a', 1), topic('b', 1)], 2, first, byPattern))).toEqual(['b-0']);
  });

  it('is refused for a topic that was deleted and created again', () => {
    const first = splitPartitions([topic('a', 1)], 1, [], byList);
    const split = () => splitPartitions([topic('a', 1, { id: 'another' })], 1, first, byList);
    expect(split).toThrow(expect.objectContaining({ code: 'POSITION_LOST', message: expect.stringContaining('topic a') }));
  });

  it('is refused for a topic that can not be read', () => {
    const split = () => splitPartitions([topic('a', 0, { error: 'UNKNOWN_TOPIC_OR_PARTITION' })], 1, [], byList);
    expect(split).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('takes time in proportion to the partitions', () => {
    // Of the processor: others may use the machine, too.
    const began = process.cpuUsage();
    expect(splitPartitions([topic('a', 10_000)], 10_000, [], byList)).toHaveLength(10_000);
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(2_000);
  });
});
