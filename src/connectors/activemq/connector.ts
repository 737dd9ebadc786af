import type { Connector, ConnectorContext, Finding, TaskConfig } from '../../api/index.ts';
import { assignSticky } from '../../kit/index.ts';
import type { ActivemqSourceConfig } from './config/config.ts';
import { consumersOf } from './config/consumers.ts';

/** Deals queues and subscriptions to tasks. */
export class ActivemqConnector implements Connector {
  readonly taskClass = 'ActivemqSourceTask';
  readonly #config: ActivemqSourceConfig;
  readonly #context: ConnectorContext;

  constructor(config: ActivemqSourceConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  async check(): Promise<Finding[]> {
    const { checkActivemq } = await import('./plan/check.ts');
    return checkActivemq(this.#config, this.#context.signal);
  }

  async taskConfigs(maxTasks: number, previous: readonly TaskConfig[]): Promise<TaskConfig[]> {
    const specs = consumersOf(this.#config);
    const { rememberSubscriptions } = await import('./plan/check.ts');
    const options = rememberSubscriptions(specs, previous);
    const names = specs.map(({ partition }) => partition);
    const split = assignSticky(
      names,
      maxTasks,
      previous.map(({ partitions }) => partitions),
    );
    return split.map((partitions, task) => ({ partitions, ...(task === 0 && options !== undefined && { options: { ...options } }) }));
  }

  /** The queue itself knows what is left of it. */
  isSame(): boolean {
    return true;
  }

  async stop(): Promise<void> {}
}
