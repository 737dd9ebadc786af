import { ConnectError, type Position, type SinkBatch, type SinkTask, type SinkTaskContext } from '../../../api/index.ts';
import { inTime } from '../../../kit/index.ts';
import { quoteName, type TableName } from '../tables/table-name.ts';
import type { MysqlSinkConfig } from './config.ts';
import { ofRecord } from './of-record.ts';
import { type Operation, operations, targetedChanges, UnknownColumn } from './operations.ts';
import { StoredPositions } from './positions.ts';
import { statementsOf } from './statements.ts';
import { type Step, stepsOf } from './steps.ts';
import { positionsTable } from './target-name.ts';
import { TargetTables } from './target-tables.ts';
import { type WriteConnection, type WriteConnections, warmWriteConnections } from './write-connections.ts';
import { errorNumber, MISSING_PARENT } from './write-errors.ts';

/** A row that another one names may come by another queue: so long it is waited for. */
const PARENT_PATIENCE_MS = 5_000;

/** Until when a lane waits for rows that its rows name, up to this offset. */
interface Patience {
  readonly until: number;
  readonly offset: number;
}

/** Writes rows to MySQL and MariaDB, each batch in a transaction, and with it where its queue is. */
export class MysqlSinkTask implements SinkTask {
  readonly #context: SinkTaskContext<MysqlSinkConfig>;
  readonly #tables: TargetTables;
  readonly #patience = new Map<string, Patience>();
  #connections: WriteConnections | undefined;
  #positions: StoredPositions | undefined;

  constructor(context: SinkTaskContext<MysqlSinkConfig>) {
    this.#context = context;
    this.#tables = new TargetTables(context.config.delivery === 'exactly-once');
  }

  async start(): Promise<{ readonly positions?: ReadonlyMap<string, Position> }> {
    const { config, clients, connector, taskConfig, epoch, signal } = this.#context;
    this.#connections = await warmWriteConnections(config, clients);
    if (config.delivery !== 'exactly-once') {
      await this.#connections.use((connection) => connection.query('SELECT 1'), signal);
      return {};
    }
    const positions = new StoredPositions(positionsTable(config) as TableName, connector);
    const taken = await this.#connections.use((connection) => positions.take(connection, taskConfig.partitions, epoch), signal);
    this.#positions = positions;
    return { positions: taken };
  }

  async write(batch: SinkBatch): Promise<Record<string, never>> {
    const { partition, position, signal } = batch;
    await this.#running().use(async (connection) => {
      const steps = stepsOf(await this.#operations(connection, batch), this.#context.config.mode);
      await this.#transact(connection, steps, batch);
    }, signal);
    this.#positions?.moved(partition, position);
    return {};
  }

  /** Connections stay in the cache, for the next run. */
  async stop(): Promise<void> {}

  #running(): WriteConnections {
    if (this.#connections === undefined) throw new ConnectError('INTERNAL', 'the task was not started');
    return this.#connections;
  }

  /** Resolves once all is committed. */
  async #transact(connection: WriteConnection, steps: readonly Step[], batch: SinkBatch): Promise<void> {
    inTime(batch);
    await connection.run('START TRANSACTION');
    if ((await this.#positions?.move(connection, batch.partition, batch.position)) === false) {
      await connection.run('ROLLBACK');
      return;
    }
    try {
      for (const step of steps) await this.#take(connection, step, batch);
    } catch (error) {
      // Somebody may have changed a table.
      this.#tables.forget();
      if (errorNumber(error) === MISSING_PARENT) this.#waitForParent(batch);
      throw error;
    }
    if (this.#positions !== undefined) await batch.settled?.();
    inTime(batch);
    await connection.run('COMMIT');
  }

  async #take(connection: WriteConnection, step: Step, batch: SinkBatch): Promise<void> {
    for (const { sql, ifNone } of statementsOf(step, connection.packetBytes)) {
      inTime(batch);
      const found = await connection.run(sql);
      if (found === 0 && ifNone !== undefined) await connection.run(ifNone);
    }
  }

  /** Throws where the row that is missing may still come. */
  #waitForParent({ lane, records }: SinkBatch): void {
    const offset = records.at(-1)?.offset as number;
    let patience = this.#patience.get(lane);
    if (patience === undefined || offset > patience.offset) {
      patience = { until: Date.now() + PARENT_PATIENCE_MS, offset };
      this.#patience.set(lane, patience);
    }
    if (Date.now() >= patience.until) return;
    throw new ConnectError('WRONG_STATE', 'a row that a foreign key names is not there yet', { retriable: true });
  }

  /** A table that lacks something is looked at once more, as somebody may have added it by now, and is changed where that is asked for. */
  async #operations(connection: WriteConnection, batch: SinkBatch): Promise<Operation[]> {
    const { config } = this.#context;
    try {
      return await this.#convert(connection, batch);
    } catch (error) {
      const isMissing = config.schema === 'create' && error instanceof ConnectError && error.code === 'NOT_FOUND';
      if (!isMissing && !(error instanceof UnknownColumn)) throw error;
      this.#tables.forget();
    }
    if (config.schema === 'evolve' || config.schema === 'create') {
      const { changeTables } = await import('./table-changes.ts');
      await changeTables(batch.records, { connection, config, schema: config.schema, inTime: () => inTime(batch) });
      // Another lane may have read a definition in the meantime.
      this.#tables.forget();
    }
    try {
      return await this.#convert(connection, batch);
    } catch (error) {
      throw error instanceof UnknownColumn ? unknownColumn(error) : error;
    }
  }

  async #convert(connection: WriteConnection, { records }: SinkBatch): Promise<Operation[]> {
    const { config } = this.#context;
    const all: Operation[] = [];
    for (const record of records) {
      for (const { change, target } of ofRecord(() => targetedChanges(record, config))) {
        const table = this.#tables.known(target) ?? (await this.#tables.get(connection, target));
        all.push(...ofRecord(() => operations(change, table, config)));
      }
    }
    return all;
  }
}

const unknownColumn = ({ table, column }: UnknownColumn): ConnectError =>
  new ConnectError('NOT_FOUND', `table ${table.name} has no column ${column}, which records have`, {
    remedy: `ALTER TABLE ${quoteName(table.database, table.table)} ADD COLUMN ${quoteName(column)}, name it in sink.excludeColumns, or set sink.schema to ignore; then resume`,
  });
