import { kafkaHarness } from './harness/kafka.ts';
import { describeSourceConnector } from './source-connector.ts';

describeSourceConnector(kafkaHarness, 'rocketmq-faults');
