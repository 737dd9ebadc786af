import type { ConnectorType } from '../../api/index.ts';
import { type RabbitmqSourceConfig, rabbitmqSourceConfig } from './config/config.ts';
import { RabbitmqConnector } from './connector.ts';
import { type RabbitmqSinkConfig, rabbitmqSinkConfig } from './sink/config.ts';
import { RabbitmqSinkConnector } from './sink/connector.ts';

export const rabbitmqSource: ConnectorType<RabbitmqSourceConfig> = {
  type: 'rabbitmq-source',
  direction: 'source',
  summary: 'Copies queues and streams of RabbitMQ to RocketMQ.',
  config: rabbitmqSourceConfig,
  startOptions: ['startAt'],
  create: (config, context) => new RabbitmqConnector(config, context),
};

export const rabbitmqSink: ConnectorType<RabbitmqSinkConfig> = {
  type: 'rabbitmq-sink',
  direction: 'sink',
  summary: 'Copies a topic of RocketMQ to RabbitMQ.',
  config: rabbitmqSinkConfig,
  startOptions: ['startAt'],
  create: (config, context) => new RabbitmqSinkConnector(config, context),
};
