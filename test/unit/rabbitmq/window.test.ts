import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextWindow } from '../../../src/connectors/rabbitmq/read/reader.ts';
import { RECEIVE_ROOM_BYTES } from '../../../src/kit/index.ts';

const limit = { maxRecords: 16_384, maxBytes: 10_000_000 };

describe('the window of a consumer', () => {
  it('holds as many messages as the room has place for', () => {
    expect(nextWindow(16, 10_000, 1, 1e6, limit)).toBe(Math.floor(RECEIVE_ROOM_BYTES / 10_000));
    expect(nextWindow(16, 10_000, 0.1, 1e6, limit)).toBe(Math.floor(RECEIVE_ROOM_BYTES / 10 / 10_000));
    expect(nextWindow(1_000, 1_000_000, 1, 1e6, limit)).toBe(16);
  });

  it('is one message where not even one has its place', () => {
    expect(nextWindow(16, 100_000_000, 1, 1e6, limit)).toBe(1);
  });

  it('asks for no more than the run wants', () => {
    expect(nextWindow(16, 100, 1, 40, limit)).toBe(40);
    expect(nextWindow(16, 100, 1, 1e6, { ...limit, maxRecords: 50 })).toBe(50);
    expect(nextWindow(16, 1_000, 1, 1e6, { ...limit, maxBytes: 500 })).toBe(2);
  });

  it('stays where another would hardly differ', () => {
    expect(nextWindow(1_000, 10_000, 1, 1e6, limit)).toBeUndefined();
  });

  it('is always at least one message and never larger than the room', () => {
    const any = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 1e8 }), fc.integer({ min: 0, max: 1e6 }));
    fc.assert(
      fc.property(any, ([now, averageBytes, wanted]) => {
        const next = nextWindow(now, averageBytes, 1, wanted, limit);
        if (next === undefined) return;
        expect(next).toBeGreaterThanOrEqual(1);
        expect((next - 1) * averageBytes).toBeLessThanOrEqual(RECEIVE_ROOM_BYTES);
      }),
    );
  });
});
