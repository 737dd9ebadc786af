import { activemqSinkHarness } from './harness/activemq-sink.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(activemqSinkHarness, 'copying');
