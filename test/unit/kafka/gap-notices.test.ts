import { describe, expect, it } from '@jest/globals';
import { GapNotices } from '../../../src/connectors/kafka/read/notices.ts';

const part = (name: string, ...gaps: ReadonlyArray<readonly [from: number, to: number]>) => ({
  name,
  topic: 'orders',
  gaps: gaps.map(([from, to]) => ({ from, to })),
});

/** `answer`: whether the topic is compacted, as a broker says. */
function notices(answer: () => Promise<boolean>) {
  const asked: string[] = [];
  const isCompacted = (topic: string) => {
    asked.push(topic);
    return answer();
  };
  return { asked, gaps: new GapNotices({ isCompacted }) };
}

describe('offsets that a leader leaves out', () => {
  it('are named where nothing is taken out of the topic', async () => {
    const { gaps } = notices(async () => false);
    gaps.add(part('orders-3', [100, 110]));
    expect(gaps.pending).toBe(true);
    await gaps.settled();
    expect(gaps.pending).toBe(false);
    expect(gaps.take()).toEqual([
      expect.stringMatching(/^partition orders-3: its leader has nothing for 10 offsets from 100 on, though topic orders is not compacted/),
    ]);
    expect(gaps.take()).toEqual([]);
  });

  it.each([
    ['the topic is compacted', async () => true],
    ['the user may not see whether it is', () => Promise.reject(new Error('no'))],
  ])('are as they should be where %s', async (_what, answer) => {
    const { gaps } = notices(answer);
    gaps.add(part('orders-3', [100, 110]));
    await gaps.settled();
    expect(gaps.take()).toEqual([]);
  });

  it('are named three times of each partition, and the topic is asked about once', async () => {
    const { gaps, asked } = notices(async () => false);
    for (let from = 0; from < 5; from += 1) {
      gaps.add(part('orders-0', [from * 10, from * 10 + 1]));
      gaps.add(part('orders-1', [from * 10, from * 10 + 1], [from * 10 + 5, from * 10 + 6]));
      await gaps.settled();
    }
    const named = gaps.take();
    expect([0, 1].map((partition) => named.filter((notice) => notice.startsWith(`partition orders-${partition}:`)).length)).toEqual([3, 3]);
    expect(asked).toEqual(['orders']);
  });
});
