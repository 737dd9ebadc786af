import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { GroupCommits } from '../../../src/connectors/kafka/group-commits.ts';

/** A cluster whose answers come from `answers`, in turn: an error, or whether consumers have joined the group. */
function commits(...answers: ReadonlyArray<boolean | ConnectError>) {
  const left = [...answers];
  const committed: Array<Record<string, number>> = [];
  const client = {
    group: async () => {
      const answer = left.shift() ?? false;
      if (answer instanceof ConnectError) throw answer;
      return { joined: answer, writable: true };
    },
    commit: async (_group: string, offsets: ReadonlyMap<string, number>) => void committed.push(Object.fromEntries(offsets)),
  };
  return { committed, commits: new GroupCommits(client, 'lag', 'orders', ['orders-0', 'orders-1']) };
}

const at = (positions: Readonly<Record<string, string>>) => new Map(Object.entries(positions));

describe('positions that are committed for others to see', () => {
  it('are those of partitions that are read', async () => {
    const { commits: own, committed } = commits();
    expect(await own.commit(at({ 'orders-0': '7', 'gone-0': '9' }))).toEqual([]);
    expect(await own.commit(at({ 'gone-0': '9' }))).toEqual([]);
    expect(committed).toEqual([{ 'orders-0': 7 }]);
  });

  it('are not, for the whole run, where consumers have joined the group', async () => {
    const { commits: own, committed } = commits(true, false);
    const notice = expect.stringMatching(/^positions are not committed .* the copy goes on: WRONG_STATE: group lag is one of consumers/);
    expect(await own.commit(at({ 'orders-0': '7' }))).toEqual([notice]);
    expect(await own.commit(at({ 'orders-0': '8' }))).toEqual([notice]);
    expect(committed).toEqual([]);
  });

  it('are tried again after a failure that passes', async () => {
    const away = new ConnectError('WRONG_STATE', 'group lag has no coordinator now', { retriable: true });
    const { commits: own, committed } = commits(away);
    expect(await own.commit(at({ 'orders-0': '7' }))).toEqual([expect.stringContaining('no coordinator')]);
    expect(await own.commit(at({ 'orders-0': '8' }))).toEqual([]);
    expect(committed).toEqual([{ 'orders-0': 8 }]);
  });

  it('are left once the run has ended, without a word', async () => {
    const { commits: own } = commits(new ConnectError('INTERRUPTED', 'ended'));
    own.stop();
    expect(await own.commit(at({ 'orders-0': '7' }))).toEqual([]);
  });
});
