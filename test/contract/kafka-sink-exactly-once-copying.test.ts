import { exactlyOnceKafkaSinkHarness } from './harness/kafka-sink.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(exactlyOnceKafkaSinkHarness, 'copying');
