import { describe, expect, it, jest } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { Recovery } from '../../../src/connectors/kafka/protocol/recovery.ts';

const passing = new ConnectError('UNREACHABLE', 'broker away', { retriable: true });
const absent = new ConnectError('NOT_FOUND', 'topic away');
const lasting = new ConnectError('AUTH_FAILED', 'wrong password');
const recovery = (patienceMs: number, signal = new AbortController().signal) => new Recovery(signal, patienceMs);

/** Fails with these, one call after the other, then succeeds. */
function failing(...errors: unknown[]): () => Promise<string> {
  return async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
}

describe('what failed in a run', () => {
  it('is tried again while it may pass, also for a topic that a broker may not know of yet', async () => {
    const answered = new Recovery(new AbortController().signal, 60_000, true);
    expect(await answered.retry(failing(passing, absent, passing))).toBe('done');
  });

  it('is not tried again where that changes nothing', async () => {
    const work = failing(lasting);
    await expect(recovery(5_000).retry(work)).rejects.toBe(lasting);
    expect(await work()).toBe('done');
  });

  it.each(['LEASE_LOST', 'INTERRUPTED'] as const)('is not tried again by this run after %s', async (code) => {
    const over = new ConnectError(code, 'over', { retriable: true });
    const work = failing(over);
    await expect(recovery(5_000).retry(work)).rejects.toBe(over);
    expect(await work()).toBe('done');
  });

  it('is given up when it lasts', async () => {
    await expect(recovery(250).retry(() => Promise.reject(passing))).rejects.toBe(passing);
  });

  it('has more time once a broker has answered', async () => {
    const first = new Recovery(new AbortController().signal, 60_000);
    const later = new Recovery(new AbortController().signal, 60_000, true);
    const mayPass = (tried: Recovery, after: number) => {
      tried.mayPass(passing);
      jest.advanceTimersByTime(after);
      return tried.mayPass(passing);
    };
    jest.useFakeTimers();
    try {
      expect([mayPass(first, 6_000), mayPass(later, 6_000), mayPass(later, 60_000)]).toEqual([false, true, false]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is left at once when the run is to stop', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await expect(recovery(300_000, stop.signal).retry(() => Promise.reject(passing))).rejects.toBe(passing);
  });
});
