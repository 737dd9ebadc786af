import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Bell } from '../../../src/kit/index.ts';

/** What tells whether a promise has been fulfilled. */
const watched = (promise: Promise<void>) => {
  const watch = { fulfilled: false };
  void promise.then(() => {
    watch.fulfilled = true;
  });
  return watch;
};

describe('a bell', () => {
  it('wakes the one that waits', async () => {
    const bell = new Bell();
    const waiting = watched(bell.heard());
    await turn();
    expect(waiting.fulfilled).toBe(false);
    bell.ring();
    await turn();
    expect(waiting.fulfilled).toBe(true);
  });

  it('is heard by who comes later', async () => {
    const bell = new Bell();
    bell.ring();
    await bell.heard();
  });

  it('is heard once, however often it was rung', async () => {
    const bell = new Bell();
    bell.ring();
    bell.ring();
    await bell.heard();
    const waiting = watched(bell.heard());
    await turn();
    expect(waiting.fulfilled).toBe(false);
  });
});
