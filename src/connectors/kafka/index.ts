import type { ConnectorType } from '../../api/index.ts';
import { type KafkaSourceConfig, kafkaSourceConfig } from './config/config.ts';
import { KafkaConnector } from './connector.ts';

export const kafkaSource: ConnectorType<KafkaSourceConfig> = {
  type: 'kafka-source',
  direction: 'source',
  summary: 'Copies topics of Apache Kafka to RocketMQ.',
  config: kafkaSourceConfig,
  startOptions: ['startAt'],
  create: (config, context) => new KafkaConnector(config, context),
};
