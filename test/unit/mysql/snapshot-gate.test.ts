import { describe, expect, it } from '@jest/globals';
import { parseWithSnapshot, withSnapshot } from '../../../src/connectors/mysql/position/position.ts';
import { resumeAt, waitsFor } from '../../../src/connectors/mysql/snapshot/stream-gate.ts';
import type { PlannedStream } from '../../../src/connectors/mysql/snapshot/task-options.ts';

const planned = (snapshot: number, open: number): PlannedStream => ({
  snapshot,
  lastSnapshot: snapshot,
  open,
  begins: 0,
  from: 'gtid:0-1-5',
  selection: { tables: ['shop.*'], excludeTables: [] },
});

describe('the log behind a snapshot', () => {
  async function opens(
    stream: PlannedStream,
    stored: string | undefined,
    done: readonly string[],
    own: readonly string[] = [],
    quietAt = 0,
  ) {
    let asked = 0;
    const positionsOfAll = async () => {
      asked += 1;
      return { positions: new Map(done.map((partition) => [partition, 'done'])), quietAt };
    };
    const positions = new Map(stored === undefined ? [] : [['stream', stored]]);
    const waiting = await waitsFor(stream, { positions, positionsOfAll, taskConfig: { partitions: ['stream', ...own] } });
    return { waiting, asked };
  }

  it('waits until every range is done, those of its own task and those of others', async () => {
    expect(await opens(planned(1, 2), undefined, ['snapshot:1:a.b#0'])).toEqual({ waiting: '1 of 2 ranges of the snapshot', asked: 1 });
    expect(await opens(planned(1, 2), undefined, ['snapshot:1:a.b#0', 'snapshot:1:a.b#1'])).toEqual({ asked: 1 });
    expect(await opens(planned(1, 2), undefined, ['snapshot:1:a.b#0'], ['snapshot:1:a.b#1'])).toEqual({ asked: 1 });
    expect(await opens(planned(1, 2), undefined, ['snapshot:1:a.b#1'], ['snapshot:1:a.b#1'])).toMatchObject({
      waiting: '1 of 2 ranges of the snapshot',
    });
  });

  it('waits for runs that a plan interrupted', async () => {
    const quietAt = Date.now() + 60_000;
    expect(await opens(planned(1, 0), undefined, [], [], quietAt)).toEqual({
      waiting: `a run that a plan interrupted, until ${new Date(quietAt).toISOString()}`,
      asked: 1,
    });
  });

  it('asks nobody where there was no snapshot, or its position says that it has waited', async () => {
    expect(await opens(planned(0, 0), undefined, [])).toEqual({ asked: 0 });
    expect(await opens(planned(2, 5), '2@gtid:0-1-9', [])).toEqual({ asked: 0 });
    expect(await opens(planned(3, 5), '2@gtid:0-1-9', [])).toEqual({ waiting: '5 of 5 ranges of the snapshot', asked: 1 });
  });

  it('begins where the log was before the first snapshot, and before the one that followed a purged log', () => {
    expect(resumeAt(planned(1, 0), undefined)).toBe('gtid:0-1-5');
    expect(resumeAt(planned(2, 0), '1@file:binlog.000007:4711')).toBe('file:binlog.000007:4711');
    expect(resumeAt({ ...planned(2, 0), begins: 2 }, '1@gtid:0-1-3')).toBe('gtid:0-1-5');
    expect(resumeAt({ ...planned(2, 0), begins: 2 }, '2@gtid:0-1-8')).toBe('gtid:0-1-8');
  });

  it('has positions that say which snapshot they are behind', () => {
    for (const position of ['gtid:', 'gtid:0-1-5', '1@gtid:0-1-5', '12@file:bin@log.000001:4'])
      expect(withSnapshot(parseWithSnapshot(position))).toBe(position);
  });
});
