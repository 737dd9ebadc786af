import type { Position, TaskConfig } from '../../../api/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { STREAM } from '../position/position.ts';
import { fullName } from '../tables/table.ts';
import type { StoredTable } from '../tables/table-definitions.ts';
import { qualifiedName } from '../tables/table-name.ts';
import { resumeAt } from './stream-gate.ts';
import { DONE, isOnDemand, type PlannedRange, type PlannedStream, snapshotOf, taskOptions } from './task-options.ts';

/** The split in force, and how far its tasks are. */
export class PlanBefore {
  /** Partitions by task. */
  readonly partitions: ReadonlyArray<readonly string[]>;
  readonly ranges: ReadonlyMap<string, PlannedRange>;
  readonly stream: PlannedStream | undefined;
  readonly #positions: ReadonlyMap<string, Position>;

  constructor(previous: readonly TaskConfig[], positions: ReadonlyMap<string, Position>) {
    const options = previous.map(taskOptions);
    this.partitions = previous.map(({ partitions }) => partitions);
    this.ranges = new Map(options.flatMap(({ ranges = {} }) => Object.entries(ranges)));
    this.stream = options.find(({ stream }) => stream !== undefined)?.stream;
    this.#positions = positions;
  }

  /** Number of the last snapshot; 0: there was none. */
  get snapshot(): number {
    return Math.max(this.stream?.lastSnapshot ?? 0, ...[...this.ranges.keys()].map(snapshotOf));
  }

  /** Full names of tables that are read on demand, and not to their ends. */
  get onDemand(): ReadonlySet<string> {
    const open = [...this.ranges].filter(([partition]) => isOnDemand(partition) && !this.isDone(partition));
    return new Set(open.map(([, { database, table }]) => qualifiedName(database, table)));
  }

  isDone(partition: string): boolean {
    return this.#positions.get(partition) === DONE;
  }

  /** Where the stream goes on; undefined where that is left to the configuration. */
  get resume(): Position | undefined {
    return this.stream && resumeAt(this.stream, this.#positions.get(STREAM));
  }
}

/** Why all rows have to be read: there is no plan yet, or the server no longer has the log where the stream would go on. */
export type ReasonForAll = 'first' | 'purged';

export interface TableChoice {
  readonly config: MysqlSourceConfig;
  readonly before: PlanBefore;
  /** Undefined: only what was added or asked for is read. */
  readonly reason: ReasonForAll | undefined;
  /** Tables that the configuration selects, as they are now. */
  readonly selected: readonly StoredTable[];
  /** Full names of tables of which a snapshot was asked for. */
  readonly requested: readonly string[];
}

/** Tables that are read from their first row on. */
export interface ChosenTables {
  /** The log waits for these. */
  readonly ahead: readonly StoredTable[];
  /** These are read while the log goes on. */
  readonly onDemand: readonly StoredTable[];
}

export function chooseTables({ config, before, reason, selected, requested }: TableChoice): ChosenTables {
  if (reason === 'first' && config.snapshot === 'never') return { ahead: [], onDemand: [] };
  const ahead: StoredTable[] = [];
  const onDemand: StoredTable[] = [];
  for (const table of selected) {
    const name = fullName(table);
    const fits = canReadOnDemand(table, config);
    // What was begun on demand and has to be read in the other way now begins anew.
    const isAsked = requested.includes(name) || (!fits && before.onDemand.has(name));
    if (reason !== undefined || isAdded(table, before, config) || (isAsked && !fits)) ahead.push(table);
    else if (isAsked) onDemand.push(table);
  }
  return { ahead, onDemand };
}

/** By its key a row is told from those that the log changes meanwhile; messages of whole transactions name none. */
const canReadOnDemand = ({ primaryKey }: StoredTable, { snapshot, format }: MysqlSourceConfig): boolean =>
  primaryKey.length > 0 && snapshot !== 'only' && format !== 'rocketmq-mysql';

/** A table that the configuration left out before. One that was created since is in the log from its first row on. */
function isAdded({ database, name }: StoredTable, before: PlanBefore, config: MysqlSourceConfig): boolean {
  if (config.snapshot === 'never') return false;
  if (before.stream !== undefined) return !selectionOf(before.stream.selection, config).table(database, name);
  return ![...before.ranges.values()].some((range) => range.database === database && range.table === name);
}

const selectionOf = ({ tables, excludeTables }: PlannedStream['selection'], { ignoresCase = false }: MysqlSourceConfig): Selection =>
  new Selection({ tables: [...tables], excludeTables: [...excludeTables], excludeColumns: [], ignoresCase });
