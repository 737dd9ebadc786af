import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConnectError, type SourceRecord } from '../../../src/api/index.ts';
import { Selection } from '../../../src/connectors/mysql/config/selection.ts';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { LogCursor, selectionMark } from '../../../src/connectors/mysql/log/log-cursor.ts';
import type { LogItem } from '../../../src/connectors/mysql/log/log-items.ts';
import { StreamRecords } from '../../../src/connectors/mysql/log/stream-records.ts';
import { parsePosition } from '../../../src/connectors/mysql/position/position.ts';
import { TableWriter } from '../../../src/connectors/mysql/values/table-writer.ts';

const START = 'gtid:0-1-4';
const TABLES = ['a', 'b', 'c'] as const;
type Name = (typeof TABLES)[number];

/** What one event of a transaction does: to rows of a table, or a statement that is refused. */
type Deed = { readonly table: Name; readonly op: 'c' | 'd' | 'u'; readonly rows: number } | { readonly statement: string };

interface Run {
  /** Tables whose rows can't be read in it. */
  readonly refused: readonly Name[];
  /** So many records reach RocketMQ. */
  readonly limit: number;
}

const config = mysqlSourceConfig.parse({ address: 'h:1', username: 'u', password: 'p', tables: ['d.*'] });
const columns = [{ name: 'id', type: { kind: 'integer' } as never }];
const writerOf = (name: Name) => new TableWriter({ database: 'd', name, columns, primaryKey: [0] }, config, 'numbers');
const writers = { a: writerOf('a'), b: writerOf('b'), c: writerOf('c') };

/** As the log's reader hands the transaction out: of a table that is refused, no more than that it is. */
function itemsOf(deeds: readonly Deed[], refused: readonly Name[]): LogItem[] {
  const told = new Set<Name>();
  const refusal = (what: string) => new ConnectError('WRONG_KIND', what);
  const place = { file: 'b.1', offset: 104 };
  const changes = deeds.flatMap((deed, at): LogItem[] => {
    if ('statement' in deed) return [{ kind: 'refused', error: refusal(deed.statement), bytes: Buffer.from(deed.statement), timestamp: 0 }];
    const { table, op, rows: count } = deed;
    if (refused.includes(table)) {
      if (told.has(table)) return [];
      told.add(table);
      return [{ kind: 'refused', error: refusal(table), bytes: null, timestamp: 0, at, table }];
    }
    const rows = Array.from({ length: count }, (_, index) => {
      const id = 10 * at + index;
      return { ...(op !== 'c' && { before: { 0: id } }), ...(op !== 'd' && { after: { 0: op === 'u' ? id + 1_000 : id } }) };
    });
    return [{ kind: 'rows', op, writer: writers[table], rows, timestamp: 0, at, bytes: 10 }];
  });
  return [{ kind: 'begin', gtid: '0-1-5', place }, ...changes, { kind: 'end', place, timestamp: 0, fate: 'committed' }];
}

/** What a run sends from a position, and the position then. A user lets it pass over all that it refuses. */
function run(position: string, deeds: readonly Deed[], { refused, limit }: Run): { sent: SourceRecord[]; position: string } {
  const cursor = new LogCursor(parsePosition(position), { isMariadb: true, serverId: 1 }, 'abc', 0);
  const records = new StreamRecords({ connector: 'c', config, selection: new Selection(config), serverId: 1, cursor });
  const made: SourceRecord[] = [];
  for (const item of itemsOf(deeds, refused)) records.add(item, made);
  expect(new Set(made.map(({ id }) => id)).size).toBe(made.length);
  const sent = made.slice(0, limit);
  return { sent, position: sent.length === made.length ? cursor.boundary : (sent.at(-1)?.position ?? position) };
}

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ table: fc.constantFrom(...TABLES), op: fc.constantFrom('c', 'd', 'u'), rows: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.constantFrom('UPDATE x', 'UPDATE y').map((statement) => ({ statement })) },
);
const anyRun: fc.Arbitrary<Run> = fc.record({ refused: fc.subarray([...TABLES]), limit: fc.integer({ min: 1, max: 12 }) });
const ALL: Run = { refused: [], limit: Number.POSITIVE_INFINITY };

const contentOf = ({ orderingKey, value }: SourceRecord) => `${orderingKey} ${value === null ? 'none' : JSON.parse(value.toString()).op}`;

describe('a transaction that is read in several runs, of which some can not read a table that others read', () => {
  it('loses no row unsaid: each is copied, or its table is refused, and each statement is', () => {
    const transaction = fc.array(deed, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(transaction, fc.array(anyRun, { maxLength: 6 }), fc.subarray([...TABLES]), (deeds, runs, last) => {
        const sent: SourceRecord[] = [];
        let position = START;
        for (const each of [...runs, { ...ALL, refused: last }]) {
          if (position === 'gtid:0-1-5@1:b.1:104') break;
          const done = run(position, deeds, each);
          sent.push(...done.sent);
          position = done.position;
        }
        const copied = new Set(sent.filter(({ refused }) => refused === undefined).map(contentOf));
        const told = sent.flatMap(({ refused }) => refused?.message ?? []);
        const count = (all: readonly string[], one: string) => all.filter((each) => each === one).length;
        const statements = deeds.flatMap((each) => ('statement' in each ? [each.statement] : []));
        for (const one of statements) expect(count(told, one)).toBeGreaterThanOrEqual(count(statements, one));
        const rows = run(START, deeds, ALL).sent.filter(({ refused }) => refused === undefined);
        const missing = rows.map(contentOf).filter((content) => !copied.has(content));
        expect(missing.filter((content) => !told.includes(content.charAt(2)))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where all of its rows were skipped, once; then the rest comes', () => {
    const deeds: Deed[] = [
      { table: 'a', op: 'c', rows: 3 },
      { table: 'b', op: 'c', rows: 2 },
    ];
    const { position } = run(START, deeds, { refused: [], limit: 2 });
    const again = run(position, deeds, { refused: ['a'], limit: 1 });
    expect(again.sent).toMatchObject([{ id: '0-1-5:0', refused: { code: 'WRONG_KIND' } }]);
    expect(again.position).toMatch(/^gtid:0-1-4\+0\.0\/0-1-5\/abc\/[0-9a-f]{8}$/);
    const rest = run(again.position, deeds, { ...ALL, refused: ['a'] });
    expect(rest.sent.map(contentOf)).toEqual(['d.b/{"id":10} c', 'd.b/{"id":11} c']);
  });

  it('sends a row once more of which records were counted by another key than its table has now', () => {
    const { position } = run(START, [{ table: 'a', op: 'u', rows: 1 }], { refused: [], limit: 2 });
    expect(position).toBe('gtid:0-1-4+0.2/0-1-5/abc');
    for (const op of ['c', 'd'] as const)
      expect(run(position, [{ table: 'a', op, rows: 1 }], ALL).sent.map(contentOf)[0]).toMatch(` ${op}`);
  });

  // Where each made its own list, these took 11 GB.
  it('may be of statements that are all refused: each costs the same, however many there are', () => {
    const cursor = new LogCursor(parsePosition(START), { isMariadb: true, serverId: 1 }, 'abc', 0);
    const records = new StreamRecords({ connector: 'c', config, selection: new Selection(config), serverId: 1, cursor });
    const made: SourceRecord[] = [];
    const deeds = Array.from({ length: 50_000 }, () => ({ statement: 'UPDATE x' }));
    for (const item of itemsOf(deeds, []).slice(0, -1)) records.add(item, made);
    expect(made).toHaveLength(50_000);
    const { position = '' } = made.at(-1) ?? {};
    expect(parsePosition(position).inside?.refusals).toHaveLength(50_000);
  });

  it('counts rows by what becomes of statements that empty tables', () => {
    expect(selectionMark(config)).not.toBe(selectionMark({ ...config, onTruncate: 'event' }));
  });
});
