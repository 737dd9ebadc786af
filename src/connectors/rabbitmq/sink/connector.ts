import type { Connector, ConnectorContext, Finding, Position, TaskConfig } from '../../../api/index.ts';
import { splitQueues } from '../../../kit/index.ts';
import type { RabbitmqSinkConfig } from './config.ts';

/** Writes what RocketMQ topics hold to RabbitMQ. */
export class RabbitmqSinkConnector implements Connector {
  readonly taskClass = 'RabbitmqSinkTask';
  readonly #config: RabbitmqSinkConfig;
  readonly #context: ConnectorContext;

  constructor(config: RabbitmqSinkConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  async check(): Promise<Finding[]> {
    const { ConnectionPool, connectionKey } = await import('../protocol/connection-pool.ts');
    const open = async () => new ConnectionPool(this.#config, 'sink');
    const pool = await this.#context.clients.get(connectionKey(this.#config, 'sink'), open, (opened) => opened.close());
    const { checkRabbitmqSink } = await import('./check.ts');
    return checkRabbitmqSink(pool, this.#config, this.#context);
  }

  async taskConfigs(
    maxTasks: number,
    previous: readonly TaskConfig[],
    _positions: ReadonlyMap<string, Position>,
    queues: readonly string[] = [],
  ): Promise<TaskConfig[]> {
    return splitQueues(maxTasks, previous, queues);
  }

  /** Connections stay in the cache, for the next plan. */
  async stop(): Promise<void> {}
}
