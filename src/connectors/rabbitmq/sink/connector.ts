import type { Finding } from '../../../api/index.ts';
import { SinkConnector } from '../../../kit/index.ts';
import type { RabbitmqSinkConfig } from './config.ts';

/** Writes what RocketMQ topics hold to RabbitMQ. */
export class RabbitmqSinkConnector extends SinkConnector<RabbitmqSinkConfig> {
  readonly taskClass = 'RabbitmqSinkTask';

  async check(): Promise<Finding[]> {
    const { ConnectionPool, connectionKey } = await import('../protocol/connection-pool.ts');
    const open = async () => new ConnectionPool(this.config, 'sink');
    const pool = await this.context.clients.get(connectionKey(this.config, 'sink'), open, (opened) => opened.close());
    const { checkRabbitmqSink } = await import('./check.ts');
    return checkRabbitmqSink(pool, this.config, this.context);
  }
}
