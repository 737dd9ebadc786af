import { kafkaHarness } from './harness/kafka.ts';
import { toFifo } from './harness/over-grpc.ts';
import { describeSourceConnector } from './source-connector.ts';

describeSourceConnector(toFifo(kafkaHarness), 'copying');
