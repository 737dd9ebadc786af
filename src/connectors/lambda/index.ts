import type { ConnectorType } from '../../api/index.ts';
import { type LambdaSinkConfig, lambdaSinkConfig } from './config.ts';
import { LambdaSinkConnector } from './connector.ts';

export const lambdaSink: ConnectorType<LambdaSinkConfig> = {
  type: 'lambda-sink',
  direction: 'sink',
  summary: 'Hands the messages of a RocketMQ topic to an AWS Lambda function, as events of Kafka.',
  config: lambdaSinkConfig,
  startOptions: ['startAt'],
  create: (config, context) => new LambdaSinkConnector(config, context),
};
