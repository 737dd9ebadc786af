import type { Finding, Position, TaskConfig } from '../../api/index.ts';
import { SinkConnector } from '../../kit/index.ts';
import type { LambdaSinkConfig } from './config.ts';
import { numberBrokers } from './partition-numbers.ts';

/** Hands what RocketMQ topics hold to a function. */
export class LambdaSinkConnector extends SinkConnector<LambdaSinkConfig> {
  readonly taskClass = 'LambdaSinkTask';

  async check(): Promise<Finding[]> {
    const { checkFunction } = await import('./check.ts');
    return checkFunction(this.config, this.context.clients, this.context.signal);
  }

  /** Every task knows the numbers of all brokers, so that none is lost while one task remains. */
  override async taskConfigs(
    maxTasks: number,
    previous: readonly TaskConfig[],
    positions: ReadonlyMap<string, Position>,
    queues: readonly string[] = [],
  ): Promise<TaskConfig[]> {
    const brokers = numberBrokers(queues, previous);
    const split = await super.taskConfigs(maxTasks, previous, positions, queues);
    return split.map((task) => ({ ...task, options: { ...task.options, brokers } }));
  }
}
