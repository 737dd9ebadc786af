import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../../src/store/dynamodb/pace.ts';

const LANES = 32;
const ANSWER_MS = 10;

interface Table {
  /** So many writes a second it takes, with a burst of one second. */
  readonly limit: number;
  /** One of so many requests is refused although it could take it; 0 means none. */
  readonly noise: number;
}

/** Sends `writes` in 32 lanes of a clock of its own; what is refused is sent again. */
function send(writes: number, { limit, noise }: Table): { readonly ms: number; readonly refused: number } {
  const pace = new Pace();
  const lanes = Array.from({ length: LANES }, () => pace.turn(0) + ANSWER_MS);
  let left = limit;
  let last = 0;
  let asked = 0;
  let taken = 0;
  while (taken < writes) {
    const now = Math.min(...lanes);
    left = Math.min(limit, left + ((now - last) / 1_000) * limit);
    last = now;
    asked += 1;
    if (left >= 1 && (noise === 0 || asked % noise !== 0)) {
      left -= 1;
      taken += 1;
      pace.passed();
    } else {
      pace.throttled();
    }
    lanes[lanes.indexOf(now)] = now + pace.turn(now) + ANSWER_MS;
  }
  return { ms: last, refused: asked - taken };
}

describe('the pace of a planner on a table that throttles', () => {
  it('is all that there is before the table throttles', () => {
    expect(send(3_000, { limit: 100_000, noise: 0 })).toEqual({ ms: Math.ceil(3_000 / LANES) * ANSWER_MS, refused: 0 });
  });

  it.each([
    { limit: 5, noise: 0 },
    { limit: 60, noise: 0 },
    { limit: 60, noise: 5 },
    { limit: 500, noise: 0 },
    { limit: 500, noise: 5 },
  ])('is nearly what a table takes of $limit a second that refuses one in $noise besides', (table) => {
    const writes = table.limit * 40;
    const { ms, refused } = send(writes, table);
    expect(ms).toBeLessThan(40_000 * 1.25);
    expect(refused).toBeLessThan(writes);
  });

  it('quickens again with a table that scales up', () => {
    const pace = new Pace();
    for (let n = 0; n < 200; n += 1) pace.throttled();
    expect(pace.turn(0) + pace.turn(0)).toBeGreaterThan(100);
    for (let n = 0; n < 500; n += 1) pace.passed();
    expect(pace.turn(1_000_000) + pace.turn(1_000_000)).toBe(0);
  });
});
