import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CheckpointTimes } from '../../../src/runtime/run/checkpoint-times.ts';

describe('checkpoints of a run', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_800_000_000_000 }));
  afterEach(() => void jest.useRealTimers());

  /** Returns the seconds at which checkpoints are due, of a run that copies so many records a second. */
  function dueAt(perSecond: number, seconds: number, intervalMs: number): number[] {
    jest.setSystemTime(1_800_000_000_000);
    const times = new CheckpointTimes(intervalMs);
    const due: number[] = [];
    for (let ms = 250; ms <= seconds * 1_000; ms += 250) {
      jest.setSystemTime(1_800_000_000_000 + ms);
      const records = (perSecond * ms) / 1_000;
      if (!times.due(records)) continue;
      due.push(ms / 1_000);
      times.done(records);
    }
    return due;
  }

  it('come early at first, then at the interval', () => {
    expect(dueAt(10, 60, 10_000)).toEqual([1, 3, 7, 15, 25, 35, 45, 55]);
  });

  it('come by records where these are many, but not all the time', () => {
    expect(dueAt(40_000, 8, 10_000)).toEqual([1, 2.25, 3.5, 4.75, 6, 7.25]);
    expect(dueAt(1_000_000, 2, 10_000)).toEqual([0.5, 1, 1.5, 2]);
  });

  it('are never further apart than the interval', () => {
    expect(dueAt(0, 5, 1_000)).toEqual([1, 2, 3, 4, 5]);
  });
});
