import { describe, expect, it } from '@jest/globals';
import { offsetShown, positionsOf } from '../../../src/rest/routes/offset-forms.ts';

const known = [
  { partition: 'orders:broker-a:0', task: 0, position: '20@1764402300000' },
  { partition: 'orders:broker-b:0', task: 0, position: '7' },
  { partition: 'orders:broker-b:1', task: 1 },
];
const queue = (broker: string | undefined, number: number) => ({
  kafka_topic: 'orders',
  kafka_partition: number,
  ...(broker !== undefined && { rocketmq_broker: broker }),
});

describe('offsets of a sink', () => {
  it('are shown by topic and queue, and taken back as they were', () => {
    const shown = known.flatMap((each) => offsetShown(each, 'sink') ?? []);
    expect(shown).toEqual([
      { partition: queue('broker-a', 0), offset: { kafka_offset: 20 } },
      { partition: queue('broker-b', 0), offset: { kafka_offset: 7 } },
    ]);
    expect(positionsOf(shown, 'sink', known)).toEqual({ 'orders:broker-a:0': '20@1764402300000', 'orders:broker-b:0': '7' });
  });

  it('are set by number, or start over; a broker may be left out where only one has the queue', () => {
    const wanted = [
      { partition: queue('broker-a', 0), offset: { kafka_offset: '21' } },
      { partition: queue(undefined, 1), offset: null },
    ];
    expect(positionsOf(wanted, 'sink', known)).toEqual({ 'orders:broker-a:0': '21', 'orders:broker-b:1': null });
  });

  it.each([
    [queue(undefined, 0), 1, /^offsets\[0\]: several brokers have queue 0 of topic orders/],
    [queue('broker-c', 0), 1, /^offsets\[0\]: the connector has no partition/],
    [{ partition: 'orders:broker-a:0' }, 1, /^offsets\[0\]: the connector has no partition/],
    [queue('broker-a', 0), -1, /^offsets\[0\]: offset.kafka_offset: a whole number is expected/],
    ...[null, true, false, [], [0], ' ', '0x0', 1.5].map(
      (number) => [queue('broker-a', 0), number, /^offsets\[0\]: offset.kafka_offset: a whole number is expected/] as const,
    ),
    [{ ...queue('broker-b', 0), kafka_partition: '' }, 1, /^offsets\[0\]: the connector has no partition/],
    [queue('broker-a', 0), '', /^offsets\[0\]: offset.kafka_offset: a whole number is expected/],
  ])('that are wrong are refused: %j at %j', (partition, kafka_offset, message) => {
    const asked = () => positionsOf([{ partition, offset: { kafka_offset } }], 'sink', known);
    expect(asked).toThrow(expect.objectContaining({ status: 400, message: expect.stringMatching(message) }));
  });
});
