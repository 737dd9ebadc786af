import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogItem, LogMark, Rows } from '../../../src/connectors/mysql/log/log-items.ts';
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
