import type { ConnectorType } from '../../api/index.ts';
import { type MysqlSourceConfig, mysqlSourceConfig } from './config/source-config.ts';
import { MysqlConnector } from './connector.ts';
import { type MysqlSinkConfig, mysqlSinkConfig } from './sink/config.ts';
import { MysqlSinkConnector } from './sink/connector.ts';

export const mysqlSource: ConnectorType<MysqlSourceConfig> = {
  type: 'mysql-source',
  direction: 'source',
  summary: 'Copies rows of MySQL and MariaDB tables, and their changes, to RocketMQ.',
  config: mysqlSourceConfig,
  startOptions: ['startAt'],
  create: (config, context) => new MysqlConnector(config, context),
};

export const mysqlSink: ConnectorType<MysqlSinkConfig> = {
  type: 'mysql-sink',
  direction: 'sink',
  summary: 'Copies change events and rows in a topic of RocketMQ to tables of MySQL and MariaDB.',
  config: mysqlSinkConfig,
  startOptions: ['startAt'],
  create: (config, context) => new MysqlSinkConnector(config, context),
};
