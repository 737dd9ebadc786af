import type { Finding } from '../../../api/index.ts';
import { SinkConnector } from '../../../kit/index.ts';
import type { MysqlSinkConfig } from './config.ts';

/** Writes the rows that a RocketMQ topic holds to tables. */
export class MysqlSinkConnector extends SinkConnector<MysqlSinkConfig> {
  readonly taskClass = 'MysqlSinkTask';

  async check(): Promise<Finding[]> {
    const { checkMysqlSink } = await import('./check.ts');
    return checkMysqlSink(this.config, this.context);
  }
}
