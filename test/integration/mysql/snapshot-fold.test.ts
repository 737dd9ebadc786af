import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SnapshotCopy } from './snapshot-copy.ts';
import { histories, LATER_MS, live } from './snapshot-histories.ts';
import { SERVERS } from './snapshot-lab.ts';

const RUNS = Number(process.env.SNAPSHOT_HISTORIES ?? 4);

describe.each(SERVERS)('the messages of a snapshot and of the log of %s', (server) => {
  it('end, key by key, in what the tables hold, whoever writes, dies or plans again meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        await using copy = await SnapshotCopy.open(server, LATER_MS);
        await live(copy, history);
        const { narrow = {}, wide = {} } = await copy.folded();
        expect(narrow).toEqual(await copy.rows('narrow'));
        expect(wide).toEqual(await copy.rows('wide'));
      }),
      { numRuns: RUNS },
    );
  });
});
