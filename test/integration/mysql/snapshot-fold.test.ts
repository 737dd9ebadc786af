import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SnapshotCopy } from './snapshot-copy.ts';
import { differences } from './snapshot-fold.ts';
import { live } from './snapshot-fold-life.ts';
import { histories } from './snapshot-histories.ts';
import { SERVERS } from './snapshot-lab.ts';

/** Of the benchmark `fold`, which lives through many, these are some. */
const HISTORIES = 2;

describe.each(SERVERS)('the messages of a snapshot and of the log of %s', (server) => {
  it('end, key by key, in what the tables hold, whoever writes, dies or plans again meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        await using copy = await SnapshotCopy.open(server);
        await live(copy, history);
        expect(await differences(copy)).toEqual([]);
      }),
      // A shorter history that fails would take minutes to find.
      { numRuns: HISTORIES, endOnFailure: true },
    );
  }, 600_000);
});
