import type { Connector, ConnectorContext, Finding, PendingPartitions, Position, RecordTopics, TaskConfig } from '../../api/index.ts';
import { untilAborted } from '../../kit/index.ts';
import type { KafkaSourceConfig } from './config/config.ts';
import { taskOptions } from './plan/planned-topics.ts';
import type { KafkaClient } from './protocol/client.ts';
import { connectionKey } from './protocol/connection-options.ts';
import { plannedPartition } from './protocol/partition-name.ts';

/** Splits Kafka topics into tasks. */
export class KafkaConnector implements Connector {
  readonly taskClass = 'KafkaSourceTask';
  readonly #config: KafkaSourceConfig;
  readonly #context: ConnectorContext;

  constructor(config: KafkaSourceConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  async check(): Promise<Finding[]> {
    const [client, { checkKafka }] = await Promise.all([this.#client(), import('./plan/check.ts')]);
    return checkKafka(client, this.#config, this.#context.signal);
  }

  async topics(): Promise<RecordTopics> {
    const { topicMap, topicTemplate } = this.#config;
    const option = topicMap === undefined ? 'source.topicTemplate' : 'source.topicMap';
    if (topicMap === undefined && topicTemplate === undefined) return { names: [], option };
    const [client, { selectTopics }, { targetOf }] = await Promise.all([
      this.#client(),
      import('./plan/select-topics.ts'),
      import('./config/routes.ts'),
    ]);
    const topics = await untilAborted(selectTopics(client, this.#config), this.#context.signal);
    const names = topics.flatMap(({ name }) => targetOf(this.#config, name) ?? []);
    return { names: [...new Set(names)], option };
  }

  /** Throws POSITION_LOST when a topic of `previous` was deleted and created again. */
  async taskConfigs(maxTasks: number, previous: readonly TaskConfig[]): Promise<TaskConfig[]> {
    const [client, { selectTopics }, { splitPartitions }] = await Promise.all([
      this.#client(),
      import('./plan/select-topics.ts'),
      import('./plan/split-partitions.ts'),
    ]);
    const topics = await untilAborted(selectTopics(client, this.#config), this.#context.signal);
    return splitPartitions(topics, maxTasks, previous, this.#config);
  }

  /** A topic that was made again under its name has another id, and offsets of its own. */
  isSame(partition: string, before: TaskConfig, now: TaskConfig): boolean {
    const { topic } = plannedPartition(partition);
    const [then, id] = [before, now].map((config) => taskOptions(config).topicIds[topic]);
    return then === undefined || id === undefined || then === id;
  }

  positionProblem(_partition: string, position: Position | undefined): string | undefined {
    return position === undefined || /^\d{1,15}$/.test(position) ? undefined : 'an offset is a whole number';
  }

  async pending(split: readonly TaskConfig[], positions: ReadonlyMap<string, Position>): Promise<PendingPartitions> {
    const [client, { pendingPartitions }] = await Promise.all([this.#client(), import('./plan/pending-partitions.ts')]);
    return untilAborted(pendingPartitions(client, this.#config, split, positions), this.#context.signal);
  }

  /** Connections stay in the cache, for the next plan. */
  async stop(): Promise<void> {}

  async #client(): Promise<KafkaClient> {
    const open = async () => new (await import('./protocol/client.ts')).KafkaClient(this.#config, 'source');
    return this.#context.clients.get(connectionKey(this.#config, 'source'), open, (client) => client.close());
  }
}
