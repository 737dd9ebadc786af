import { assignSticky, type Position, type TaskConfig } from '../../../api/index.ts';
import { fullName } from '../columns/table.ts';
import type { MysqlSourceConfig } from '../config.ts';
import { formatBoundary, STREAM } from '../position.ts';
import { Selection } from '../selection.ts';
import type { MysqlServer } from '../server.ts';
import { serverFacts } from '../server-facts.ts';
import { startBoundary } from '../start-boundary.ts';
import { logHas } from './log-has.ts';
import { PlanBefore } from './plan-before.ts';
import { planRanges } from './plan-ranges.ts';
import { readTables, type StoredTable } from './read-tables.ts';
import { readableLogEnd } from './readable-log-end.ts';
import type { MysqlTaskOptions, PlannedRange, PlannedStream } from './task-options.ts';

export interface SplitRequest {
  readonly config: MysqlSourceConfig;
  readonly maxTasks: number;
  readonly previous: readonly TaskConfig[];
  readonly positions: ReadonlyMap<string, Position>;
  /** Full names of tables of which a snapshot was asked for. */
  readonly requested: readonly string[];
}

/**
 * The split of a server: its log, and the ranges of tables that a snapshot has still to read. Ranges that are done are dropped,
 * except where they are all that is copied.
 */
export async function planTasks(server: MysqlServer, request: SplitRequest): Promise<TaskConfig[]> {
  const { config, maxTasks, previous, positions, requested } = request;
  const before = new PlanBefore(previous, positions);
  const facts = await serverFacts(server);
  // Before any table is looked at: what changes from here on is in the log behind it.
  const end = await readableLogEnd(server, facts);
  const reason = await reasonForAll(before, config, (position) => logHas(server, facts, position));
  const selected = await readTables(server, new Selection(config));
  const wanted = selected.filter((table) => reason !== undefined || requested.includes(fullName(table)) || isAdded(table, before, config));
  const toRead = reason === 'first' && config.snapshot === 'never' ? [] : wanted;
  const snapshot = before.snapshot + (toRead.length > 0 || reason === 'purged' ? 1 : 0);
  const fresh = await planRanges(server, toRead, snapshot, end.place, config);
  const kept = reason === undefined ? keptRanges(before, config, selected, toRead) : [];
  const ranges = new Map([...kept, ...fresh]);
  const startAt = reason === 'purged' ? 'latest' : config.startAt;
  const begins = reason === 'purged' || (before.resume === undefined && (config.snapshot !== 'never' || toRead.length > 0));
  const stream: PlannedStream = {
    begins: 0,
    ...before.stream,
    ...(begins && { begins: reason === 'purged' ? snapshot : 0, from: formatBoundary(await startBoundary(server, facts, startAt, end)) }),
    snapshot,
    open: ranges.size,
    selection: { tables: config.tables, excludeTables: config.excludeTables ?? [] },
  };
  const partitions = [...ranges.keys(), ...(config.snapshot === 'only' ? [] : [STREAM])];
  return assignSticky(partitions, maxTasks, before.partitions).map((own) => ({ partitions: own, options: optionsOf(own, ranges, stream) }));
}

/** Why all rows have to be read: the stream has no place to go on from. */
async function reasonForAll(
  before: PlanBefore,
  { snapshot, onLogPurged }: MysqlSourceConfig,
  isInLog: (position: Position) => Promise<boolean>,
): Promise<'first' | 'purged' | undefined> {
  if (snapshot === 'only') return before.partitions.length === 0 ? 'first' : undefined;
  if (before.stream === undefined) return 'first';
  const { resume } = before;
  const mayBegin = snapshot === 'when-needed' || onLogPurged === 'snapshot';
  return mayBegin && resume !== undefined && !(await isInLog(resume)) ? 'purged' : undefined;
}

/** A table that the configuration left out before. One that was created since is in the log from its first row on. */
function isAdded({ database, name }: StoredTable, before: PlanBefore, { snapshot }: MysqlSourceConfig): boolean {
  if (snapshot === 'never') return false;
  if (before.stream !== undefined) return !selectionOf(before.stream.selection).table(database, name);
  return ![...before.ranges.values()].some((range) => range.database === database && range.table === name);
}

const selectionOf = ({ tables, excludeTables }: PlannedStream['selection']): Selection =>
  new Selection({ tables: [...tables], excludeTables: [...excludeTables], excludeColumns: [] });

/** Ranges of the split in force that have still to be read, of tables that are still copied and not read anew. */
function keptRanges(
  before: PlanBefore,
  { snapshot }: MysqlSourceConfig,
  selected: readonly StoredTable[],
  anew: readonly StoredTable[],
): Array<[string, PlannedRange]> {
  const names = new Set(selected.filter((table) => !anew.includes(table)).map(fullName));
  return [...before.ranges].filter(
    ([partition, { database, table }]) => names.has(`${database}.${table}`) && (snapshot === 'only' || !before.isDone(partition)),
  );
}

/** As it is stored: without members that are undefined. */
function optionsOf(own: readonly string[], ranges: ReadonlyMap<string, PlannedRange>, stream: PlannedStream): Record<string, unknown> {
  const options: MysqlTaskOptions = {
    ...(own.includes(STREAM) && { stream }),
    ranges: Object.fromEntries([...ranges].filter(([partition]) => own.includes(partition))),
  };
  return { ...options };
}
