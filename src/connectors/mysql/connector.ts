import type { Connector, ConnectorContext, Finding, Position, RecordTopics, TaskConfig } from '../../api/index.ts';
import { untilAborted } from '../../kit/index.ts';
import type { MysqlSourceConfig } from './config/source-config.ts';
import type { MysqlServer } from './server/server.ts';
import { DONE, tableOfRange } from './snapshot/task-options.ts';

/** Gives the binary log of a server to one task: it is one stream. */
export class MysqlConnector implements Connector {
  readonly taskClass = 'MysqlSourceTask';
  readonly #config: MysqlSourceConfig;
  readonly #context: ConnectorContext;
  #requested: readonly string[] = [];

  constructor(config: MysqlSourceConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  /** Over a connection of its own: an older one does not have the rights that were granted since. */
  async check(): Promise<Finding[]> {
    const [{ MysqlServer }, { checkMysql }] = await Promise.all([import('./server/server.ts'), import('./check/check.ts')]);
    const server = new MysqlServer(this.#config, 'source');
    try {
      return await checkMysql(server, this.#config, this.#context);
    } finally {
      server.close();
    }
  }

  /** Of the tables that are there now. */
  async topics(): Promise<RecordTopics> {
    const option = 'source.topicTemplate';
    const { topicTemplate } = this.#config;
    if (topicTemplate === undefined) return { names: [], option };
    const [server, { selectTables }, { Selection }, { topicName }] = await Promise.all([
      this.#server(),
      import('./tables/select-tables.ts'),
      import('./config/selection.ts'),
      import('./tables/table-name.ts'),
    ]);
    const tables = await untilAborted(selectTables(server, new Selection(await this.#compared(server))), this.#context.signal);
    return { names: [...new Set(tables.map(({ database, table }) => topicName(topicTemplate, database, table)))], option };
  }

  async taskConfigs(maxTasks: number, previous: readonly TaskConfig[], positions: ReadonlyMap<string, Position>): Promise<TaskConfig[]> {
    const [server, { planTasks }] = await Promise.all([this.#server(), import('./snapshot/plan-tasks.ts')]);
    const request = { config: await this.#compared(server), maxTasks, previous, positions, requested: this.#requested };
    return untilAborted(planTasks(server, request), this.#context.signal);
  }

  async requestSnapshot(tables: readonly string[]): Promise<void> {
    const { requestedTables } = await import('./tables/select-tables.ts');
    const server = await this.#server();
    const config = await this.#compared(server);
    this.#requested = await untilAborted(requestedTables(server, config, tables), this.#context.signal);
  }

  /** A range that is read, or whose table is read anew. */
  isFinished(partition: string, position: Position | undefined, split: readonly TaskConfig[]): boolean {
    if (position === DONE) return true;
    const table = tableOfRange(partition);
    return table !== undefined && split.some(({ partitions }) => partitions.some((name) => tableOfRange(name) === table));
  }

  async pending(split: readonly TaskConfig[], positions: ReadonlyMap<string, Position>): Promise<ReadonlySet<string>> {
    const { pendingPartitions } = await import('./pending-partitions.ts');
    const server = () => this.#server();
    return untilAborted(pendingPartitions(server, this.#config, split, positions), this.#context.signal);
  }

  /** The connection stays in the cache, for the next plan. */
  async stop(): Promise<void> {}

  /** For names as the server compares them. */
  async #compared(server: MysqlServer): Promise<MysqlSourceConfig> {
    const { asServerCompares } = await import('./server/server-facts.ts');
    return untilAborted(asServerCompares(server, this.#config), this.#context.signal);
  }

  async #server(): Promise<MysqlServer> {
    const { warmServer } = await import('./server/server.ts');
    return warmServer(this.#config, 'source', this.#context.clients);
  }
}
