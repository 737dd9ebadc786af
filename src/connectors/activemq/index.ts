import type { ConnectorType } from '../../api/index.ts';
import { type ActivemqSourceConfig, activemqSourceConfig } from './config/config.ts';
import { ActivemqConnector } from './connector.ts';
import { type ActivemqSinkConfig, activemqSinkConfig } from './sink/config.ts';
import { ActivemqSinkConnector } from './sink/connector.ts';

export const activemqSource: ConnectorType<ActivemqSourceConfig> = {
  type: 'activemq-source',
  direction: 'source',
  summary: 'Copies queues and topic subscriptions of ActiveMQ, Classic or Artemis, to RocketMQ.',
  config: activemqSourceConfig,
  create: (config, context) => new ActivemqConnector(config, context),
};

export const activemqSink: ConnectorType<ActivemqSinkConfig> = {
  type: 'activemq-sink',
  direction: 'sink',
  summary: 'Copies a topic of RocketMQ to ActiveMQ, Classic or Artemis.',
  config: activemqSinkConfig,
  startOptions: ['startAt'],
  create: (config, context) => new ActivemqSinkConnector(config, context),
};
