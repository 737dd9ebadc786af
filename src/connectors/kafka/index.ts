import type { ConnectorType } from '../../api/index.ts';
import { type KafkaSourceConfig, kafkaSourceConfig } from './config/config.ts';
import { KafkaConnector } from './connector.ts';
import { type KafkaSinkConfig, kafkaSinkConfig } from './sink/config.ts';
import { KafkaSinkConnector } from './sink/connector.ts';

export const kafkaSource: ConnectorType<KafkaSourceConfig> = {
  type: 'kafka-source',
  direction: 'source',
  summary: 'Copies topics of Apache Kafka to RocketMQ.',
  config: kafkaSourceConfig,
  startOptions: ['startAt'],
  create: (config, context) => new KafkaConnector(config, context),
};

export const kafkaSink: ConnectorType<KafkaSinkConfig> = {
  type: 'kafka-sink',
  direction: 'sink',
  summary: 'Copies a topic of RocketMQ to Apache Kafka.',
  config: kafkaSinkConfig,
  startOptions: ['startAt'],
  create: (config, context) => new KafkaSinkConnector(config, context),
};
