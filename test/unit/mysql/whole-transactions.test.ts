import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogItem, LogMark, Rows } from '../../../src/connectors/mysql/log/log-items.ts';
import { isUndone, Savepoints } from '../../../src/connectors/mysql/log/savepoints.ts';
import { type Verdict, WholeTransactions } from '../../../src/connectors/mysql/log/whole-transactions.ts';
import { liveBufferBytes } from '../../support/live-memory.ts';

const place = { file: 'binlog.000001', offset: 4 };
const rows = (at: number, bytes = 10): Rows => ({ kind: 'rows', op: 'c', writer: {} as never, rows: [{}], timestamp: 0, at, bytes });
const end = (fate: 'committed' | 'rolled-back' | 'torn'): LogItem => ({ kind: 'end', place, timestamp: 0, fate });
const begin: LogItem = { kind: 'begin', gtid: '', place };

/** Numbers of the rows that come out, of a transaction that is read twice where it is too large. */
function surviving(marks: ReadonlyArray<LogMark | 'row'>, fate: 'committed' | 'rolled-back' | 'torn', bytes: number): number[] | undefined {
  let verdict: Verdict | undefined;
  const transactions = new WholeTransactions({
    onTooLarge: () => {},
    onVerdict: (found) => {
      verdict = found;
    },
  });
  const feed = () => {
    let at = 0;
    for (const item of [begin, ...marks, end(fate)]) {
      if (item === 'row') transactions.take(rows(at++, bytes));
      else transactions.take('name' in item ? { ...item, at } : item);
    }
  };
  feed();
  if (verdict !== undefined) {
    transactions.expect(verdict);
    feed();
  }
  const out: number[] = [];
  let begun = false;
  for (let item = transactions.shift(); item !== undefined; item = transactions.shift()) {
    begun ||= item.kind === 'begin';
    if (item.kind === 'rows') out.push(item.at);
  }
  return begun ? out : undefined;
}

const mark = (kind: LogMark['kind'], name: string): LogMark => ({ kind, name, at: 0 });

describe('a transaction', () => {
  it.each([10, 6 * 1024 * 1024])('comes without what was rolled back to a savepoint, whatever its size (%i bytes a row)', (bytes) => {
    const history = ['row', mark('savepoint', 'Ä'), 'row', mark('savepoint', 'b'), 'row', mark('rollback-to', 'ä'), 'row', 'row'] as const;
    expect(surviving(history, 'committed', bytes)).toEqual([0, 3, 4]);
    expect(surviving(history, 'rolled-back', bytes)).toEqual([]);
    expect(surviving(['row', 'row', 'row', mark('rollback-to', 'set before the first change'), 'row'], 'committed', bytes)).toEqual([3]);
  });

  it('that its server never ended is none, and no place is reached by it', () => {
    expect(surviving(['row'], 'torn', 10)).toBeUndefined();
  });

  it('comes as a stack of savepoints says, however they are named and set', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const deed = fc.oneof(
      fc.constant('row' as const),
      name.map((each) => mark('savepoint', each)),
      name.map((each) => mark('rollback-to', each)),
    );
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
        let kept: number[] = [];
        let stack: Array<{ name: string; kept: number[] }> = [];
        let at = 0;
        for (const each of deeds) {
          if (each === 'row') kept = [...kept, at++];
          else if (each.kind === 'savepoint') stack = [...stack.filter((one) => one.name !== each.name), { name: each.name, kept }];
          else {
            const index = stack.findIndex((one) => one.name === each.name);
            kept = stack[index]?.kept ?? [];
            stack = stack.slice(0, index + 1);
          }
        }
        expect(surviving(deeds, 'committed', 10)).toEqual(kept);
      }),
    );
  });
});

describe('of savepoints', () => {
  /** What a transaction that sets so many savepoints brings, a row behind each, and then does what `after` says. */
  const withSavepoints = (count: number, after: readonly LogMark[]): LogItem[] => {
    const transactions = new WholeTransactions({ onTooLarge: () => {}, onVerdict: () => {} });
    transactions.take(begin);
    transactions.take(rows(0));
    for (let at = 0; at < count; at += 1) transactions.take({ kind: 'savepoint', name: `s${at}`, at });
    for (const one of after) transactions.take(one);
    transactions.take(end('committed'));
    const out: LogItem[] = [];
    for (let item = transactions.shift(); item !== undefined; item = transactions.shift()) out.push(item);
    return out;
  };
  /** In microseconds: of the garbage of all tests that ran before in this process. A hundred times the few would be 10 s. */
  const ONE_COLLECTION = 50_000;
  const cpuOf = (work: () => void): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };

  it('100,000 cost about ten times what 10,000 do, not a hundred times', () => {
    withSavepoints(10_000, []);
    const few = cpuOf(() => withSavepoints(10_000, []));
    expect(cpuOf(() => withSavepoints(100_000, []))).toBeLessThan(40 * Math.max(few, ONE_COLLECTION));
  });

  it('as many rollbacks are told from each other by few steps, and those side by side are one', () => {
    const savepoints = new Savepoints();
    for (let at = 0; at < 100_000; at += 1) {
      savepoints.set(`s${at}`, 2 * at);
      savepoints.rollBack(`s${at}`, 2 * at + 1);
    }
    expect(savepoints.undone).toHaveLength(100_000);
    let steps = 0;
    const counted = new Proxy(savepoints.undone, {
      get: (target, key) => {
        steps += 1;
        return Reflect.get(target, key);
      },
    });
    expect([isUndone(counted, 150_000), isUndone(counted, 150_001)]).toEqual([true, false]);
    expect(steps).toBeLessThan(200);
    savepoints.rollBack('s0', 200_000);
    expect(savepoints.undone).toEqual([[0, 200_000]]);
  });

  it('that take too much memory the older ones are forgotten: a transaction that went back to one of these is refused as a whole', () => {
    const many = 200_001;
    const back = (name: string): LogMark => ({ kind: 'rollback-to', name, at: 1 });
    expect(withSavepoints(many, [back(`s${many - 1}`)]).map(({ kind }) => kind)).toEqual(['begin', 'rows', 'end']);
    expect(withSavepoints(many, [back('s0')])).toMatchObject([
      { kind: 'begin' },
      { kind: 'refused', error: { code: 'WRONG_KIND', message: expect.stringContaining('(binlog.000001:4)') } },
      { kind: 'end' },
    ]);
  });

  it('one name that is used again and again is remembered once', () => {
    const savepoints = new Savepoints();
    for (let at = 0; at < 500_000; at += 1) savepoints.set('again', at);
    savepoints.rollBack('older than all', 500_000);
    expect(savepoints.undecided).toBe(false);
  });
});

it('weighs something though nothing of it is copied: a reader that is not asked for more has to pause', () => {
  const transactions = new WholeTransactions({ onTooLarge: () => {}, onVerdict: () => {} });
  const notice: LogItem = { kind: 'notice', text: 'x'.repeat(1_000), timestamp: 0 };
  for (const items of [
    [begin, end('committed')],
    [begin, notice, end('committed')],
  ]) {
    const before = transactions.bytes;
    for (const item of items) transactions.take(item);
    expect(transactions.bytes - before).toBeGreaterThanOrEqual(400 + (items.includes(notice) ? 2_000 : 0));
  }
  while (transactions.shift() !== undefined);
  expect(transactions.bytes).toBe(0);
});

it('is let go as it is handed out, though the next one always waits behind it', () => {
  const transactions = new WholeTransactions({ onTooLarge: () => {}, onVerdict: () => {} });
  const size = 1024 * 1024;
  const before = liveBufferBytes();
  const feed = () => {
    for (const item of [begin, { ...rows(0, size), rows: [{ after: [Buffer.alloc(size)] }] }, end('committed')]) transactions.take(item);
  };
  feed();
  for (let count = 0; count < 64; count += 1) {
    feed();
    while (transactions.shift()?.kind !== 'end');
  }
  expect(transactions.empty).toBe(false);
  expect(liveBufferBytes() - before).toBeLessThan(8 * size);
});
