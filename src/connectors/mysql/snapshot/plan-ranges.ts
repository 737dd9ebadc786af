import { isDeepStrictEqual } from 'node:util';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { LogPlace } from '../position/position.ts';
import type { MysqlServer } from '../server/server.ts';
import type { Column, Table } from '../tables/table.ts';
import type { StoredTable } from '../tables/table-definitions.ts';
import { quoteName } from '../tables/table-name.ts';
import { exactly, type Key, selected } from './key-values.ts';
import { inKeyOrder, type KeyRange, keyAt, keyColumns, orderByKey, type Query, rangeCondition, selectKey } from './table-queries.ts';
import { onDemandPartition, type PlannedRange, rangePartition } from './task-options.ts';
import { tooManyRows } from './whole-table-reader.ts';

/** The ranges of the tables in snapshot number `snapshot`, by partition. Empty tables have none. */
export async function planRanges(
  server: MysqlServer,
  tables: readonly StoredTable[],
  snapshot: number,
  log: LogPlace,
  config: Pick<MysqlSourceConfig, 'snapshotRangeRows' | 'snapshotMaxRowsWithoutKey'>,
): Promise<Map<string, PlannedRange>> {
  const planned = new Map<string, PlannedRange>();
  for (const table of tables) {
    const ranges = table.primaryKey.length === 0 ? await wholeTable(server, table, config) : await keyRanges(server, table, config);
    for (const [index, range] of ranges.entries()) {
      const named: PlannedRange = { database: table.database, table: table.name, log, ...range };
      planned.set(rangePartition(snapshot, named, index), named);
    }
  }
  return planned;
}

/** Tables with a primary key that are read on demand, each as one range, by partition. Empty tables have none. */
export async function planOnDemand(
  server: MysqlServer,
  tables: readonly StoredTable[],
  snapshot: number,
  log: LogPlace,
): Promise<Map<string, PlannedRange>> {
  const planned = new Map<string, PlannedRange>();
  for (const table of tables) {
    const upTo = await lastKey((sql) => server.queryBytes(sql), table);
    if (upTo === undefined) continue;
    const range: PlannedRange = { database: table.database, table: table.name, log, upTo };
    planned.set(onDemandPartition(snapshot, range), range);
  }
  return planned;
}

const keyRanges = (
  server: MysqlServer,
  table: StoredTable,
  { snapshotRangeRows }: Pick<MysqlSourceConfig, 'snapshotRangeRows'>,
): Promise<KeyRange[]> => splitTable((sql) => server.queryBytes(sql), table, snapshotRangeRows);

/** Throws CONFIG_INVALID where the table has more rows than one run may have to copy. */
async function wholeTable(
  server: MysqlServer,
  table: StoredTable,
  { snapshotMaxRowsWithoutKey: maxRows }: Pick<MysqlSourceConfig, 'snapshotMaxRowsWithoutKey'>,
): Promise<KeyRange[]> {
  const from = quoteName(table.database, table.name);
  const [row] = await server.query<{ count: number | string }>(
    `SELECT COUNT(*) AS count FROM (SELECT 1 FROM ${from} LIMIT ${maxRows + 1}) AS some`,
  );
  const count = Number(row?.count ?? 0);
  if (count > maxRows) throw tooManyRows(table, maxRows);
  return count === 0 ? [] : [{}];
}

/** A table is not stepped through for longer: what is left then is one range. */
const STEPPING_MS = 20_000;

/**
 * Cuts a table with a primary key into ranges of about `rangeRows` rows each. The last ends at the last row that there is now:
 * what comes behind it is in the log. `[]` where the table is empty.
 */
export async function splitTable(query: Query, table: Table, rangeRows: number): Promise<KeyRange[]> {
  const last = await lastKey(query, table);
  if (last === undefined) return [];
  const [first] = keyColumns(table) as [Column];
  const cut = first.type.kind === 'integer' ? cutByHalves : cutBySteps;
  const bounds = (await cut(query, table, rangeRows, last)).filter((bound) => !isDeepStrictEqual(bound, last));
  return [...bounds, last].map((upTo, index) => (index === 0 ? { upTo } : { after: bounds[index - 1] as Key, upTo }));
}

/** Of a table with a primary key, as it is now; undefined where the table is empty. */
async function lastKey(query: Query, table: Table): Promise<Key | undefined> {
  const [row] = await query(`SELECT ${selectKey(table)} FROM ${inKeyOrder(table)} ${orderByKey(table, 'DESC')} LIMIT 1`);
  return row && keyAt(table, row, 0);
}

/** Halves the span of the key's first column until the server expects few enough rows, and joins neighbours that are small. */
async function cutByHalves(query: Query, table: Table, rangeRows: number, last: Key): Promise<Key[]> {
  const columns = keyColumns(table);
  const first = columns[0] as Column;
  const [row] = await query(`SELECT ${selected(exactly(first), first.name)} FROM ${inKeyOrder(table)} ${orderByKey(table)} LIMIT 1`);
  const pieces: Array<{ readonly end: bigint; readonly rows: number }> = [];
  const halve = async (after: bigint, end: bigint): Promise<void> => {
    const range = rangeCondition(columns, { after: [String(after)], upTo: [String(end)] });
    const rows = await expectedRows(query, `SELECT 1 FROM ${inKeyOrder(table)} WHERE ${range}`);
    const middle = after + (end - after) / 2n;
    if (rows <= rangeRows || middle === after) {
      pieces.push({ end, rows });
      return;
    }
    await halve(after, middle);
    await halve(middle, end);
  };
  const end = BigInt(last[0] as string);
  await halve(row?.[0] ? BigInt(row[0].toString()) - 1n : end, end);
  return joined(pieces, rangeRows).map((bound) => [String(bound)]);
}

/** What the server expects to read: two dives into the index, however many rows there are. */
async function expectedRows(query: Query, select: string): Promise<number> {
  const [row] = await query(`EXPLAIN ${select}`);
  // Since MySQL 5.7 there is one column more before it, and one behind.
  return Number(row?.[row.length > 10 ? 9 : 8] ?? 0);
}

/** Ends of the pieces behind which the next one would make too many rows; not the last one's. */
function joined(pieces: ReadonlyArray<{ readonly end: bigint; readonly rows: number }>, rangeRows: number): bigint[] {
  const ends: bigint[] = [];
  let rows = 0;
  for (const [index, piece] of pieces.slice(0, -1).entries()) {
    rows += piece.rows;
    if (rows + (pieces[index + 1]?.rows ?? 0) <= rangeRows) continue;
    ends.push(piece.end);
    rows = 0;
  }
  return ends;
}

/** Steps through the index, `rangeRows` at a time. */
async function cutBySteps(query: Query, table: Table, rangeRows: number): Promise<Key[]> {
  const bounds: Key[] = [];
  for (const until = Date.now() + STEPPING_MS; Date.now() < until; ) {
    const after = bounds.at(-1);
    const rest = rangeCondition(keyColumns(table), after === undefined ? {} : { after });
    const [row] = await query(
      `SELECT ${selectKey(table)} FROM ${inKeyOrder(table)} WHERE ${rest} ${orderByKey(table)} LIMIT ${rangeRows - 1}, 1`,
    );
    if (row === undefined) break;
    bounds.push(keyAt(table, row, 0));
  }
  return bounds;
}
