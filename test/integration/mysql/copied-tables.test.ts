import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { smallCopyHistories } from './copied-tables-histories.ts';
import { liveWithCopies } from './copied-tables-life.ts';
import { SERVERS } from './snapshot-lab.ts';

/** `npm run soak -- --only histories` lives through many more, and larger ones. */
const HISTORIES = 3;

describe.each(SERVERS)('tables of %s that go through RocketMQ into another database of it', (server) => {
  it('are the same there in the end, whoever writes, dies or plans again meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(smallCopyHistories, async (history) => {
        expect(await liveWithCopies(server, history)).toMatchObject({ differences: [], ofMessages: [] });
      }),
      // A shorter history that fails would take minutes to find.
      { numRuns: HISTORIES, endOnFailure: true },
    );
  }, 900_000);
});
