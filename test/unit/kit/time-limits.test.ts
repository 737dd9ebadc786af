import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { backOff, pollUntil, silence } from '../../../src/kit/index.ts';

const never = () => {
  throw new Error('it was not silent');
};

describe('silence', () => {
  it('is over time where nothing is heard', async () => {
    const began = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    silence(100, () => 0, resolve);
    await promise;
    expect(performance.now() - began).toBeGreaterThanOrEqual(95);
  });

  it('begins anew with each sign', async () => {
    let signs = 0;
    const end = silence(200, () => signs, never);
    for (; signs < 8; signs += 1) await sleep(50);
    end();
  });

  it('is over time after the last sign', async () => {
    let signs = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    silence(60, () => signs, resolve);
    for (; signs < 3; signs += 1) await sleep(20);
    await promise;
  });

  it('does not count where nothing is asked for', async () => {
    const end = silence(60, () => ({}), never);
    await sleep(200);
    end();
  });

  it('can be ended', async () => {
    silence(20, () => 0, never)();
    await sleep(60);
  });
});

describe('looking until something is so', () => {
  it('ends once it is', async () => {
    let looks = 0;
    const isSo = () => {
      looks += 1;
      return looks === 3;
    };
    expect(await pollUntil(isSo, 1, 10_000)).toBe(true);
    expect(looks).toBe(3);
  });

  it('waits for each answer', async () => expect(await pollUntil(async () => true, 1, 10_000)).toBe(true));

  it('gives up in time', async () => expect(await pollUntil(() => false, 1, 60)).toBe(false));

  it('ends with what a look throws', async () => {
    await expect(pollUntil(() => Promise.reject(new Error('the connection was lost')), 1, 10_000)).rejects.toThrow('was lost');
  });
});

describe('the pause before another attempt', () => {
  it('doubles, up to a longest one', () => {
    expect([0, 1, 2, 3, 4, 100].map((attempt) => backOff(attempt, 100, 1_000))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });
});
