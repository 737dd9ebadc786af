import type { Position, TaskConfig } from '../../../api/index.ts';
import { assignSticky } from '../../../kit/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { temporalStyle } from '../messages/change-format.ts';
import { readableLogEnd } from '../position/log-end.ts';
import { formatBoundary, STREAM } from '../position/position.ts';
import { logHas, startBoundary } from '../position/start-boundary.ts';
import type { MysqlServer } from '../server/server.ts';
import { serverFacts } from '../server/server-facts.ts';
import { fullName } from '../tables/table.ts';
import { readTables, type StoredTable } from '../tables/table-definitions.ts';
import { qualifiedName } from '../tables/table-name.ts';
import { TableWriter } from '../values/table-writer.ts';
import { type ChosenTables, chooseTables, PlanBefore, type ReasonForAll } from './choose-tables.ts';
import { planOnDemand, planRanges } from './plan-ranges.ts';
import { isOnDemand, type MysqlTaskOptions, type PlannedRange, type PlannedStream } from './task-options.ts';

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
  // What makes one impossible is told now, not by the run that meets the table.
  for (const table of selected) new TableWriter(table, config, temporalStyle(config));
  const chosen = chooseTables({ config, before, reason, selected, requested });
  const next = before.snapshot + 1;
  const fresh = await planRanges(server, chosen.ahead, next, end.place, config);
  const freshOnDemand = await planOnDemand(server, chosen.onDemand, next, end.place);
  const kept = reason === undefined ? keptRanges(before, config, selected, chosen) : [];
  const ranges = new Map([...kept.filter(([partition]) => !isOnDemand(partition)), ...fresh]);
  const onDemand = new Map([...kept.filter(([partition]) => isOnDemand(partition)), ...freshOnDemand]);
  const waits = chosen.ahead.length > 0 || reason === 'purged';
  const startAt = reason === 'purged' ? 'latest' : config.startAt;
  const readsRows = waits || freshOnDemand.size > 0;
  const begins = reason === 'purged' || (before.resume === undefined && (config.snapshot !== 'never' || readsRows));
  // Also where the first run will look once more: a place that is not there is to be told now.
  const first = begins || before.resume === undefined ? await startBoundary(server, facts, startAt, end) : undefined;
  const stream: PlannedStream = {
    begins: 0,
    ...before.stream,
    ...(begins && first !== undefined && { begins: reason === 'purged' ? next : 0, from: formatBoundary(first) }),
    snapshot: waits ? next : (before.stream?.snapshot ?? before.snapshot),
    lastSnapshot: readsRows ? next : before.snapshot,
    open: ranges.size,
    selection: { tables: config.tables, excludeTables: config.excludeTables ?? [] },
  };
  const noLog = config.snapshot === 'only';
  const tables = selected.map(fullName);
  const partitions = [...ranges.keys(), ...(noLog ? [] : [STREAM])];
  const all = new Map([...ranges, ...onDemand]);
  return assignSticky(partitions, maxTasks, before.partitions)
    .map((own) => (own.includes(STREAM) ? [...own, ...onDemand.keys()] : own))
    .map((own, task) => ({ partitions: own, options: optionsOf(own, all, { stream, tables: task === 0 && noLog ? tables : undefined }) }));
}

/** Undefined: the stream has a place to go on from. */
async function reasonForAll(
  before: PlanBefore,
  { snapshot, onLogPurged }: MysqlSourceConfig,
  isInLog: (position: Position) => Promise<boolean>,
): Promise<ReasonForAll | undefined> {
  if (snapshot === 'only') return before.partitions.length === 0 ? 'first' : undefined;
  if (before.stream === undefined) return 'first';
  const { resume } = before;
  const mayBegin = snapshot === 'when-needed' || onLogPurged === 'snapshot';
  return mayBegin && resume !== undefined && !(await isInLog(resume)) ? 'purged' : undefined;
}

/** Ranges of the split in force that have still to be read, of tables that are still copied and not read anew. */
function keptRanges(
  before: PlanBefore,
  { snapshot }: MysqlSourceConfig,
  selected: readonly StoredTable[],
  { ahead, onDemand }: ChosenTables,
): Array<[string, PlannedRange]> {
  const namesWithout = (anew: readonly StoredTable[]) => new Set(selected.filter((table) => !anew.includes(table)).map(fullName));
  const names = namesWithout(ahead);
  // A range that the log waits for is no less needed where its table is read on demand later.
  const namesOnDemand = namesWithout([...ahead, ...onDemand]);
  return [...before.ranges].filter(([partition, { database, table }]) => {
    const isKept = (isOnDemand(partition) ? namesOnDemand : names).has(qualifiedName(database, table));
    return isKept && (snapshot === 'only' || !before.isDone(partition));
  });
}

/** As it is stored: without members that are undefined. */
function optionsOf(
  own: readonly string[],
  ranges: ReadonlyMap<string, PlannedRange>,
  { stream, tables }: { readonly stream: PlannedStream; readonly tables: readonly string[] | undefined },
): Record<string, unknown> {
  const options: MysqlTaskOptions = {
    ...(tables !== undefined && { tables }),
    ...(own.includes(STREAM) && { stream }),
    ranges: Object.fromEntries([...ranges].filter(([partition]) => own.includes(partition))),
  };
  return { ...options };
}
