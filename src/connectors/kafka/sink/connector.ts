import type { Finding } from '../../../api/index.ts';
import { SinkConnector } from '../../../kit/index.ts';
import { connectionKey } from '../protocol/connection-options.ts';
import type { KafkaSinkConfig } from './config.ts';
import { idPrefix } from './mapping.ts';

/** Writes what RocketMQ topics hold to Kafka. */
export class KafkaSinkConnector extends SinkConnector<KafkaSinkConfig> {
  readonly taskClass = 'KafkaSinkTask';

  get positionsAreIn(): string | undefined {
    const groups = `${idPrefix(this.config, this.context.connector)}QUEUE`;
    return this.config.delivery === 'exactly-once' ? `the consumer groups ${groups} of Kafka` : undefined;
  }

  async check(): Promise<Finding[]> {
    const { clients } = this.context;
    const open = async () => new (await import('../protocol/client.ts')).KafkaClient(this.config, 'sink');
    const [client, { checkKafkaSink }] = await Promise.all([
      clients.get(connectionKey(this.config, 'sink'), open, (opened) => opened.close()),
      import('./check.ts'),
    ]);
    return checkKafkaSink(client, this.config, this.context);
  }
}
