import type { Connector, ConnectorContext, Finding, Position, TaskConfig } from '../api/index.ts';
import { splitQueues } from './split-queues.ts';

/** A connector whose tasks share the queues of the RocketMQ topics, as the plan before shared them. A sink adds what it checks. */
export abstract class SinkConnector<C> implements Connector {
  abstract readonly taskClass: string;
  protected readonly config: C;
  protected readonly context: ConnectorContext;

  constructor(config: C, context: ConnectorContext) {
    this.config = config;
    this.context = context;
  }

  abstract check(): Promise<Finding[]>;

  async taskConfigs(
    maxTasks: number,
    previous: readonly TaskConfig[],
    _positions: ReadonlyMap<string, Position>,
    queues: readonly string[] = [],
  ): Promise<TaskConfig[]> {
    return splitQueues(maxTasks, previous, queues);
  }

  /** Clients stay in the cache, for the next plan. */
  async stop(): Promise<void> {}
}
