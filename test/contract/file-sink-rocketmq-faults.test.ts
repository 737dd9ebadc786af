import { fileSinkHarness } from './harness/file-sink.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(fileSinkHarness, 'rocketmq-faults');
