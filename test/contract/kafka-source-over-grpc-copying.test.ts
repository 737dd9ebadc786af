import { kafkaHarness } from './harness/kafka.ts';
import { overGrpc } from './harness/over-grpc.ts';
import { describeSourceConnector } from './source-connector.ts';

describeSourceConnector(overGrpc(kafkaHarness, 'local'), 'copying');
