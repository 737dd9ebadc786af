import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeByTime, type NamedPart } from '../../../src/rocketmq/merge-by-time.ts';

const part = (id: number, times: readonly number[], size = 1): NamedPart => ({
  name: `b/${id}`,
  queue: { broker: 'b', id },
  messages: times.map((storedAt, offset) => ({
    queue: id,
    offset,
    body: Buffer.alloc(size),
    properties: new Map(),
    bornAt: 0,
    storedAt,
  })),
  next: times.length,
});
const places = ({ shown }: ReturnType<typeof mergeByTime>) => shown.map(({ queue, message }) => `${queue.id}:${message.offset}`);

describe('messages of several queues', () => {
  it('come by time, the first of them, and the next look goes on behind each', () => {
    const merged = mergeByTime([part(0, [1, 4]), part(1, [2, 3])], 3, 100, false);
    expect(places(merged)).toEqual(['0:0', '1:0', '1:1']);
    expect(merged.next).toEqual({ 'b/0': 1, 'b/1': 2 });
  });

  it('come by time, the newest of them, and the next look goes on behind all', () => {
    const merged = mergeByTime([part(0, [1, 4]), part(1, [2, 3])], 2, 100, true);
    expect(places(merged)).toEqual(['1:1', '0:1']);
    expect(merged.next).toEqual({ 'b/0': 2, 'b/1': 2 });
  });

  it('show one that is larger than all bounds, alone', () => {
    expect(places(mergeByTime([part(0, [1, 2], 500)], 10, 100, false))).toEqual(['0:0']);
  });

  it('are all shown once, each queue in its order, whatever brokers’ clocks say', () => {
    const times = fc.array(fc.nat(20), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(times, { maxLength: 4 }), fc.integer({ min: 1, max: 5 }), (queues, limit) => {
        const seen = queues.map((): number[] => []);
        const at = queues.map(() => 0);
        for (let looks = 0; looks < 100; looks += 1) {
          const parts = queues.map((all, id) => {
            const whole = part(id, all);
            return { ...whole, messages: whole.messages.slice(at[id]) };
          });
          const { shown, next } = mergeByTime(parts, limit, 100, false);
          if (shown.length === 0) break;
          for (const { queue, message } of shown) seen[queue.id]?.push(message.offset);
          for (const id of at.keys()) at[id] = next[`b/${id}`] as number;
        }
        expect(seen).toEqual(queues.map((all) => [...all.keys()]));
      }),
    );
  });
});
