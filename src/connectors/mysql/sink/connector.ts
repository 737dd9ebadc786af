import type { Connector, ConnectorContext, Finding, Position, TaskConfig } from '../../../api/index.ts';
import { splitQueues } from '../../../kit/index.ts';
import type { MysqlSinkConfig } from './config.ts';

/** Writes the rows that a RocketMQ topic holds to tables. */
export class MysqlSinkConnector implements Connector {
  readonly taskClass = 'MysqlSinkTask';
  readonly #config: MysqlSinkConfig;
  readonly #context: ConnectorContext;

  constructor(config: MysqlSinkConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  async check(): Promise<Finding[]> {
    const { checkMysqlSink } = await import('./check.ts');
    return checkMysqlSink(this.#config, this.#context);
  }

  async taskConfigs(
    maxTasks: number,
    previous: readonly TaskConfig[],
    _positions: ReadonlyMap<string, Position>,
    queues: readonly string[] = [],
  ): Promise<TaskConfig[]> {
    return splitQueues(maxTasks, previous, queues);
  }

  async stop(): Promise<void> {}
}
