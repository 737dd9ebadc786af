import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { GroupCommits } from '../../../src/connectors/kafka/read/group-commits.ts';

/** A cluster whose answers come from `answers`, in turn: an error, or whether consumers have joined the group. */
const commits = (...answers: ReadonlyArray<boolean | ConnectError>) => commitsTo(new Map(), answers);

/** `refused`: partitions that the cluster does not take a position of. */
function commitsTo(refused: ReadonlyMap<string, ConnectError>, answers: ReadonlyArray<boolean | ConnectError> = []) {
  const left = [...answers];
  const committed: Array<Record<string, number>> = [];
  const client = {
    section: 'source' as const,
    group: async () => {
      const answer = left.shift() ?? false;
      if (answer instanceof ConnectError) throw answer;
      return { joined: answer, writable: true };
    },
    commit: async (_group: string, offsets: ReadonlyMap<string, number>) => {
      committed.push(Object.fromEntries(offsets));
      return new Map([...refused].filter(([name]) => offsets.has(name)));
    },
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

  it('of a partition that is refused are left out for the rest of the run, which is told once', async () => {
    const gone = (name: string) => [name, new ConnectError('NOT_FOUND', `partition ${name} does not exist`)] as const;
    const one = commitsTo(new Map([gone('orders-1')]));
    expect(await one.commits.commit(at({ 'orders-0': '7', 'orders-1': '9' }))).toEqual([
      expect.stringMatching(/^one position is not committed .* the copy goes on: NOT_FOUND: partition orders-1 does not exist/),
    ]);
    expect(await one.commits.commit(at({ 'orders-0': '8', 'orders-1': '9' }))).toEqual([]);
    expect(one.committed).toEqual([{ 'orders-0': 7, 'orders-1': 9 }, { 'orders-0': 8 }]);
    const both = commitsTo(new Map([gone('orders-0'), gone('orders-1')]));
    expect(await both.commits.commit(at({ 'orders-0': '7', 'orders-1': '9' }))).toEqual([
      expect.stringMatching(/^2 positions are not committed .*; the first: NOT_FOUND: partition orders-0 does not exist/),
    ]);
  });

  it('are left once the run has ended, without a word', async () => {
    const { commits: own } = commits(new ConnectError('INTERRUPTED', 'ended'));
    own.stop();
    expect(await own.commit(at({ 'orders-0': '7' }))).toEqual([]);
  });
});
