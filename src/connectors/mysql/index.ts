import type { ConnectorType } from '../../api/index.ts';
import { type MysqlSourceConfig, mysqlSourceConfig } from './config/source-config.ts';
import { MysqlConnector } from './connector.ts';

export const mysqlSource: ConnectorType<MysqlSourceConfig> = {
  type: 'mysql-source',
  direction: 'source',
  summary: 'Copies rows of MySQL and MariaDB tables, and their changes, to RocketMQ.',
  config: mysqlSourceConfig,
  startOptions: ['startAt'],
  create: (config, context) => new MysqlConnector(config, context),
};
