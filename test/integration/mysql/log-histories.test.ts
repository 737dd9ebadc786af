import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { logHistories } from './log-histories.ts';
import { liveByLog } from './log-history-life.ts';
import { SERVERS } from './snapshot-lab.ts';

/** Of the benchmark `fold`, which lives through many, these are some. */
const HISTORIES = 6;

describe.each(SERVERS)('the log of %s, with what was rolled back, defined, and written as statements', (server) => {
  it('is, key by key, what the tables hold, or a run ends with an error that names the statement', async () => {
    await fc.assert(
      fc.asyncProperty(logHistories, async (history) => {
        expect((await liveByLog(server, history)).differences).toEqual([]);
      }),
      { numRuns: HISTORIES, endOnFailure: true },
    );
  }, 600_000);
});
