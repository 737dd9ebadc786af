import { describe, expect, it } from '@jest/globals';
import { PartitionReader } from '../../../src/connectors/kafka/read/partition-reader.ts';
import { queueOf } from '../../../src/runtime/source/queue-of.ts';

const QUEUES = 8;

function queuesOf(partitions: ReadonlyArray<{ topic: string; partition: number }>): number[] {
  const queues = partitions.map((partition) => {
    const { name, orderingKey } = new PartitionReader(partition, 0, true);
    return queueOf({ partition: name, id: '0', position: '1', key: null, value: null, headers: [], orderingKey }, QUEUES);
  });
  return Array.from({ length: QUEUES }, (_, queue) => queues.filter((other) => other === queue).length);
}

describe('the queues of Kafka partitions', () => {
  it('are all used by the partitions of one topic, equally often', () => {
    expect(queuesOf(Array.from({ length: 32 }, (_, partition) => ({ topic: 'orders', partition })))).toEqual(Array(QUEUES).fill(4));
  });

  it('are all used by topics of one partition, too', () => {
    const counts = queuesOf(Array.from({ length: 200 }, (_, n) => ({ topic: `topic-${n}`, partition: 0 })));
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(Math.max(...counts)).toBeLessThan(60);
  });
});
