import { describe, expect, it } from '@jest/globals';
import { listenMs } from '../../../src/runtime/sink/listen-ms.ts';

const NOW = 1_800_000_000_000;

describe('how long a run listens for messages of queues that are shared', () => {
  it.each([
    ['the first run of a task', { lastEndedAt: undefined, tasks: 4, isFifo: false }, 300],
    ['a run long after the one before', { lastEndedAt: NOW - 60_000, tasks: 4, isFifo: false }, 300],
    ['a run right after the one before', { lastEndedAt: NOW, tasks: 1, isFifo: false }, 3_500],
    ['the same in a group that consumes in order', { lastEndedAt: NOW, tasks: 1, isFifo: true }, 1_500],
    ['a run right after those of two tasks', { lastEndedAt: NOW, tasks: 2, isFifo: false }, 7_000],
    ['a run right after those of many tasks', { lastEndedAt: NOW, tasks: 16, isFifo: false }, 8_500],
    ['the same in a group that consumes in order, of many tasks', { lastEndedAt: NOW, tasks: 16, isFifo: true }, 6_500],
    ['a run four seconds later', { lastEndedAt: NOW - 4_000, tasks: 16, isFifo: false }, 4_500],
    ['a run when the last message has just come again', { lastEndedAt: NOW - 8_400, tasks: 16, isFifo: false }, 300],
  ])('is known for %s', (_, listener, ms) => {
    expect(listenMs(listener, NOW)).toBe(ms);
  });
});
