import { rabbitmqSinkByKeyHarness } from './harness/rabbitmq-sink.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(rabbitmqSinkByKeyHarness, 'target-faults');
