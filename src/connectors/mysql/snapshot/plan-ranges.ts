import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { LogPlace } from '../position/position.ts';
import type { MysqlServer } from '../server/server.ts';
import type { StoredTable } from '../tables/select-tables.ts';
import { quoteName } from '../tables/table-name.ts';
import type { KeyRange } from './key-range.ts';
import { lastKey, splitTable } from './split-table.ts';
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
