import type { ConnectorType } from '../../api/index.ts';
import { type RabbitmqSourceConfig, rabbitmqSourceConfig } from './config/config.ts';
import { RabbitmqConnector } from './connector.ts';

export const rabbitmqSource: ConnectorType<RabbitmqSourceConfig> = {
  type: 'rabbitmq-source',
  direction: 'source',
  summary: 'Copies queues and streams of RabbitMQ to RocketMQ.',
  config: rabbitmqSourceConfig,
  startOptions: ['startAt'],
  create: (config, context) => new RabbitmqConnector(config, context),
};
