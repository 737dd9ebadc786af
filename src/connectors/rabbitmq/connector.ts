import { assignSticky, type Connector, type ConnectorContext, type Finding, type TaskConfig } from '../../api/index.ts';
import type { RabbitmqSourceConfig } from './config.ts';
import { plannedPartitions } from './partition-name.ts';

/** Splits queues and streams into tasks. */
export class RabbitmqConnector implements Connector {
  readonly taskClass = 'RabbitmqSourceTask';
  readonly #config: RabbitmqSourceConfig;
  readonly #context: ConnectorContext;

  constructor(config: RabbitmqSourceConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  async check(): Promise<Finding[]> {
    const [{ checkRabbitmq }, { ConnectionPool, connectionKey }] = await Promise.all([
      import('./check.ts'),
      import('./connection-pool.ts'),
    ]);
    const open = async () => new ConnectionPool(this.#config);
    const pool = await this.#context.clients.get(connectionKey(this.#config), open, (opened) => opened.close());
    return checkRabbitmq(pool, this.#config, this.#context.signal);
  }

  /** The configuration names every partition, so nothing has to be asked. */
  async taskConfigs(maxTasks: number, previous: readonly TaskConfig[]): Promise<TaskConfig[]> {
    const names = [...plannedPartitions(this.#config).keys()];
    const before = previous.map(({ partitions }) => partitions);
    return assignSticky(names, maxTasks, before).map((partitions) => ({ partitions }));
  }

  /** The queue itself knows what is left of it. */
  isSame(): boolean {
    return true;
  }

  /** Connections stay in the cache, for the next plan. */
  async stop(): Promise<void> {}
}
