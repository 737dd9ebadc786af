import type { Connector, ConnectorContext, Finding, Position, TaskConfig } from '../../../api/index.ts';
import { splitQueues } from '../../../kit/index.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { connectionKey } from '../protocol/connection-options.ts';
import type { KafkaSinkConfig } from './config.ts';

/** Writes what RocketMQ topics hold to Kafka. */
export class KafkaSinkConnector implements Connector {
  readonly taskClass = 'KafkaSinkTask';
  readonly #config: KafkaSinkConfig;
  readonly #context: ConnectorContext;

  constructor(config: KafkaSinkConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  async check(): Promise<Finding[]> {
    const [client, { checkKafkaSink }] = await Promise.all([this.#client(), import('./check.ts')]);
    return checkKafkaSink(client, this.#config, this.#context.topic, this.#context.signal);
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

  async #client(): Promise<KafkaClient> {
    const open = async () => new (await import('../protocol/client.ts')).KafkaClient(this.#config, 'sink');
    return this.#context.clients.get(connectionKey(this.#config, 'sink'), open, (client) => client.close());
  }
}
