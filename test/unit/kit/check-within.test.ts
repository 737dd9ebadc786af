import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type CheckFrame, checkWithin, untilAborted } from '../../../src/kit/index.ts';

const SILENCE_MS = 400;
const frame: CheckFrame = {
  signal: new AbortController().signal,
  server: 'test server',
  reach: 'start it',
  option: 'source.url',
  optionOf: {},
  silenceMs: SILENCE_MS,
};

describe('the time that a check has', () => {
  it('ends where nothing is heard', async () => {
    const never = new Promise<never>(() => {});
    expect(await checkWithin(frame, (limit) => untilAborted(never, limit))).toEqual([
      {
        level: 'error',
        code: 'UNREACHABLE',
        option: 'source.url',
        message: `no test server answered in ${SILENCE_MS} ms`,
        remedy: 'start it',
      },
    ]);
  });

  it('goes on as long as answers come', async () => {
    let stillWanted = true;
    const found = await checkWithin(frame, async (limit, progress) => {
      for (let answer = 0; answer < 4; answer += 1) {
        await sleep(SILENCE_MS / 2);
        progress();
      }
      stillWanted = !limit.aborted;
      return [];
    });
    expect({ found, stillWanted }).toEqual({ found: [], stillWanted: true });
  });
});
