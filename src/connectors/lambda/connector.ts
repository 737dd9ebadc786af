import type { Connector, ConnectorContext, Finding, Position, TaskConfig } from '../../api/index.ts';
import { splitQueues } from '../../kit/index.ts';
import type { LambdaSinkConfig } from './config.ts';
import { numberBrokers } from './partition-numbers.ts';

/** Hands what RocketMQ topics hold to a function. */
export class LambdaSinkConnector implements Connector {
  readonly taskClass = 'LambdaSinkTask';
  readonly #config: LambdaSinkConfig;
  readonly #context: ConnectorContext;

  constructor(config: LambdaSinkConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  async check(): Promise<Finding[]> {
    const { checkFunction } = await import('./check.ts');
    return checkFunction(this.#config, this.#context.clients, this.#context.signal);
  }

  /** Every task knows the numbers of all brokers, so that none is lost while one task remains. */
  async taskConfigs(
    maxTasks: number,
    previous: readonly TaskConfig[],
    _positions: ReadonlyMap<string, Position>,
    queues: readonly string[] = [],
  ): Promise<TaskConfig[]> {
    const brokers = numberBrokers(queues, previous);
    return splitQueues(maxTasks, previous, queues).map((task) => ({ ...task, options: { ...task.options, brokers } }));
  }

  /** The client stays in the cache, for the next plan. */
  async stop(): Promise<void> {}
}
