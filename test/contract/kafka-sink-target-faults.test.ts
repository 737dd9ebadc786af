import { kafkaSinkHarness } from './harness/kafka-sink.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(kafkaSinkHarness, 'target-faults');
