import { ConnectError, type PollLimit, type PollResult, type Position, type SourceTaskContext } from '../../../api/index.ts';
import { throwIfAborted, untilAborted } from '../../../kit/index.ts';
import { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { changeFormat, temporalStyle } from '../messages/change-format.ts';
import { untilReadable } from '../position/log-end.ts';
import { type MysqlServer, warmServer } from '../server/server.ts';
import { asServerCompares, serverFacts } from '../server/server-facts.ts';
import { fullName } from '../tables/table.ts';
import { readTables, type StoredTable } from '../tables/table-definitions.ts';
import { qualifiedName } from '../tables/table-name.ts';
import { TableWriter } from '../values/table-writer.ts';
import { type PartitionReader, RangeReader } from './range-reader.ts';
import { RowRecords } from './row-records.ts';
import type { EachRow } from './table-queries.ts';
import { DONE, isRange, type PlannedRange, taskOptions } from './task-options.ts';
import { WholeTableReader } from './whole-table-reader.ts';

/** Reads the ranges of a task that the log waits for, one after the other, each to its end. */
export class SnapshotTask {
  readonly #context: SourceTaskContext<MysqlSourceConfig>;
  readonly #readers: PartitionReader[] = [];
  #gone: readonly string[] = [];

  constructor(context: SourceTaskContext<MysqlSourceConfig>) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { connector, config, clients, taskConfig, positions, signal } = this.#context;
    const { ranges = {} } = taskOptions(taskConfig);
    const own = new Map(taskConfig.partitions.filter(isRange).map((partition) => [partition, ranges[partition] as PlannedRange]));
    if ([...own.keys()].every((partition) => positions.get(partition) === DONE)) return;
    const server = await warmServer(config, 'source', clients);
    const opened = await untilAborted(openReaders(server, { connector, config, ranges: own, positions, readsAhead: true }), signal);
    this.#readers.push(...opened.readers);
    this.#gone = opened.gone;
  }

  /** True when every row was handed out. */
  get done(): boolean {
    return this.#readers.length === 0 && this.#gone.length === 0;
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    const { signal } = this.#context;
    throwIfAborted(signal);
    const ended = new Map(this.#gone.map((partition) => [partition, DONE]));
    this.#gone = [];
    const [reader] = this.#readers;
    if (reader === undefined) return { records: [], positions: ended, caughtUp: true };
    const part = await untilAborted(reader.read(limit), signal);
    if (part.ended) {
      reader.close();
      this.#readers.shift();
      // Also where no record could tell: the last statement found nothing.
      ended.set(reader.partition, DONE);
    }
    return { records: part.records, positions: ended, caughtUp: this.done };
  }

  stop(): void {
    for (const reader of this.#readers) reader.close();
  }
}

export interface PlannedPartitions {
  readonly connector: string;
  readonly config: MysqlSourceConfig;
  readonly ranges: ReadonlyMap<string, PlannedRange>;
  readonly positions: ReadonlyMap<string, Position>;
  /** Has the server work on the rows that follow, while some are handed out. */
  readonly readsAhead: boolean;
}

export interface OpenPartitions {
  readonly readers: readonly PartitionReader[];
  /** Partitions of which nothing is left to read: their tables were dropped, which the log tells. */
  readonly gone: readonly string[];
}

/** Readers of the ranges that are not done, by the tables as they are now. */
export async function openReaders(
  server: MysqlServer,
  { connector, config: configured, ranges, positions, readsAhead }: PlannedPartitions,
): Promise<OpenPartitions> {
  const open = [...ranges].filter(([partition]) => positions.get(partition) !== DONE);
  if (open.length === 0) return { readers: [], gone: [] };
  const config = await asServerCompares(server, configured);
  // The stream may have copied what can't be read yet.
  await untilReadable(server, await serverFacts(server));
  const wanted = new Set(open.map(([, { database, table }]) => qualifiedName(database, table)));
  const tables = await readTables(server, { table: (database, table) => wanted.has(qualifiedName(database, table)) });
  const byName = new Map(tables.map((table) => [fullName(table), table]));
  const selection = new Selection(config);
  const readers: PartitionReader[] = [];
  const gone: string[] = [];
  for (const [partition, range] of open) {
    const table = byName.get(qualifiedName(range.database, range.table));
    if (table === undefined) {
      gone.push(partition);
      continue;
    }
    checkKey(table, range);
    const writer = new TableWriter(table, config, temporalStyle(config));
    const format = changeFormat({ ...config, transactions: false }, connector);
    const records = new RowRecords({ partition, writer, format, log: range.log });
    const shown = (column: string) => selection.column(table.database, table.name, column);
    const common = { partition, table, shown, records };
    if (table.primaryKey.length === 0) {
      readers.push(
        new WholeTableReader({ ...common, maxRows: config.snapshotMaxRowsWithoutKey, stream: (sql) => server.streamBytes(sql) }),
      );
    } else {
      const eachRow: EachRow = (sql, onRow) => server.eachRow(sql, onRow);
      readers.push(new RangeReader({ ...common, range, position: positions.get(partition), eachRow, readsAhead }));
    }
  }
  return { readers, gone };
}

/** A range may be of a key's first columns, never of more than it has. */
function checkKey(table: StoredTable, { after, upTo }: PlannedRange): void {
  const columns = Math.max(after?.length ?? 0, upTo?.length ?? 0);
  if (columns <= table.primaryKey.length) return;
  throw new ConnectError('POSITION_LOST', `the primary key of ${fullName(table)} was changed during its snapshot`, {
    remedy: 'take the snapshot of the table anew by `rocketmq-connect snapshot`',
  });
}
