import type { Finding } from '../../../api/index.ts';
import { SinkConnector } from '../../../kit/index.ts';
import type { MysqlSinkConfig } from './config.ts';
import { positionsTable } from './target-name.ts';

/** Writes the rows that a RocketMQ topic holds to tables. */
export class MysqlSinkConnector extends SinkConnector<MysqlSinkConfig> {
  readonly taskClass = 'MysqlSinkTask';

  get positionsAreIn(): string | undefined {
    const table = positionsTable(this.config);
    return this.config.delivery === 'exactly-once' && table !== undefined ? `table ${table.database}.${table.table}` : undefined;
  }

  async check(): Promise<Finding[]> {
    const { checkMysqlSink } = await import('./check.ts');
    return checkMysqlSink(this.config, this.context);
  }
}
