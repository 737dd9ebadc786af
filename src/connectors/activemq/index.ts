import type { ConnectorType } from '../../api/index.ts';
import { type ActivemqSourceConfig, activemqSourceConfig } from './config/config.ts';
import { ActivemqConnector } from './connector.ts';

export const activemqSource: ConnectorType<ActivemqSourceConfig> = {
  type: 'activemq-source',
  direction: 'source',
  summary: 'Copies queues and topic subscriptions of ActiveMQ, Classic or Artemis, to RocketMQ.',
  config: activemqSourceConfig,
  create: (config, context) => new ActivemqConnector(config, context),
};
