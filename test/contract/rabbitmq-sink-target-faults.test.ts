import { rabbitmqSinkHarness } from './harness/rabbitmq-sink.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(rabbitmqSinkHarness, 'target-faults');
