import type { Finding } from '../../../api/index.ts';
import { SinkConnector } from '../../../kit/index.ts';
import type { ActivemqSinkConfig } from './config.ts';

/** Writes what RocketMQ topics hold to ActiveMQ. */
export class ActivemqSinkConnector extends SinkConnector<ActivemqSinkConfig> {
  readonly taskClass = 'ActivemqSinkTask';

  async check(): Promise<Finding[]> {
    const { checkActivemqSink } = await import('./check.ts');
    return checkActivemqSink(this.config, this.context);
  }
}
