import type { Connector, ConnectorContext, Finding, RecordTopics, TaskConfig } from '../../api/index.ts';
import { untilAborted } from '../../api/index.ts';
import type { MysqlSourceConfig } from './config.ts';
import { connectionKey } from './connection-options.ts';
import { STREAM } from './position.ts';
import type { MysqlServer } from './server.ts';

/** Gives the binary log of a server to one task: it is one stream. */
export class MysqlConnector implements Connector {
  readonly taskClass = 'MysqlSourceTask';
  readonly #config: MysqlSourceConfig;
  readonly #context: ConnectorContext;

  constructor(config: MysqlSourceConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  async check(): Promise<Finding[]> {
    const [server, { checkMysql }] = await Promise.all([this.#server(), import('./check.ts')]);
    return checkMysql(server, this.#config, this.#context.signal);
  }

  /** Of the tables that are there now. */
  async topics(): Promise<RecordTopics> {
    const option = 'source.topicTemplate';
    const { topicTemplate } = this.#config;
    if (topicTemplate === undefined) return { names: [], option };
    const [server, { selectTables }, { topicName }] = await Promise.all([
      this.#server(),
      import('./select-tables.ts'),
      import('./topic-name.ts'),
    ]);
    const tables = await untilAborted(selectTables(server, this.#config), this.#context.signal);
    return { names: [...new Set(tables.map(({ database, table }) => topicName(topicTemplate, database, table)))], option };
  }

  async taskConfigs(): Promise<TaskConfig[]> {
    return [{ partitions: [STREAM] }];
  }

  /** The connection stays in the cache, for the next plan. */
  async stop(): Promise<void> {}

  async #server(): Promise<MysqlServer> {
    const open = async () => new (await import('./server.ts')).MysqlServer(this.#config);
    return this.#context.clients.get(connectionKey(this.#config), open, (server) => server.close());
  }
}
