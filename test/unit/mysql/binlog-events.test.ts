import { describe, expect, it } from '@jest/globals';
import type { AnyBinlogEvent } from '@vlasky/zongji';
import { ConnectError } from '../../../src/api/index.ts';
import { Selection } from '../../../src/connectors/mysql/config/selection.ts';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { BinlogEvents } from '../../../src/connectors/mysql/log/binlog-events.ts';
import type { LogItem, LogMark } from '../../../src/connectors/mysql/log/log-items.ts';
import type { RefusedTable, TableMaps } from '../../../src/connectors/mysql/log/tables/table-maps.ts';
import { WholeTransactions } from '../../../src/connectors/mysql/log/whole-transactions.ts';

const ROWS = 30;
const QUERY = 2;
const selection = new Selection(mysqlSourceConfig.parse({ address: 'h:1', username: 'u', password: 'p', tables: ['d.*'] }));
const event = (type: string, fields: object) => ({ getTypeName: () => type, ...fields }) as unknown as AnyBinlogEvent;

function follow(refusal: () => RefusedTable | undefined = () => undefined) {
  const items: Array<LogItem | LogMark> = [];
  const tables = { refusal, clear: () => {} } as unknown as TableMaps;
  const start = { file: 'binlog.000001', offset: 4 };
  const events = new BinlogEvents({ tables, selection, emit: (item) => items.push(item), start, isBehindStart: undefined });
  const arrives = (type: number, body: Buffer) => events.arrives({ type, flags: 0, timestamp: 0, offset: 4, nextPosition: 8, body });
  const query = (text: string) => {
    expect(arrives(QUERY, Buffer.concat([Buffer.alloc(14), Buffer.from(text)]))).toBe(true);
    expect(events.take(event('Query', {}))).toBeUndefined();
  };
  return { events, items, query, rowsArrive: () => arrives(ROWS, Buffer.alloc(8)) };
}

describe('a transaction that is too large to be kept', () => {
  it('and that its server never ended is followed by rows that are decoded', () => {
    const { events, items, rowsArrive } = follow();
    expect(rowsArrive()).toBe(true);
    events.scanning = true;
    expect(rowsArrive()).toBe(false);
    expect(events.take(event('Rotate', { binlogName: 'binlog.000002', position: 4, timestamp: 0 }))).toBeUndefined();
    expect(items.at(-1)).toMatchObject({ kind: 'end', fate: 'torn' });
    expect(rowsArrive()).toBe(true);
  });

  it('and ends is the last of which no rows are decoded', () => {
    const { events, rowsArrive } = follow();
    expect(rowsArrive()).toBe(true);
    events.scanning = true;
    expect(events.take(event('Xid', { xid: 1 }))).toBeUndefined();
    expect(rowsArrive()).toBe(true);
  });
});

it('rows that are refused are refused once more behind others that were taken back, so that no table of a transaction is left out unsaid', () => {
  const error = new ConnectError('NOT_FOUND', 'd.t is gone');
  const refused = (deeds: ReadonlyArray<string | 'row'>) => {
    const { items, query, rowsArrive } = follow(() => ({ table: 'd.t', error }));
    query('BEGIN');
    for (const deed of deeds) {
      if (deed === 'row') expect(rowsArrive()).toBe(false);
      else query(deed);
    }
    query('COMMIT');
    const transactions = new WholeTransactions({ onTooLarge: () => {}, onVerdict: () => {} });
    for (const item of items) transactions.take(item);
    const out: LogItem[] = [];
    for (let item = transactions.shift(); item !== undefined; item = transactions.shift()) out.push(item);
    return out.filter(({ kind }) => kind === 'refused').length;
  };
  expect(refused(['row', 'row'])).toBe(1);
  expect(refused(['SAVEPOINT a', 'row', 'ROLLBACK TO a'])).toBe(0);
  expect(refused(['SAVEPOINT a', 'row', 'ROLLBACK TO a', 'row'])).toBe(1);
  expect(refused(['row', 'SAVEPOINT a', 'row', 'ROLLBACK TO a', 'row'])).toBe(1);
});
