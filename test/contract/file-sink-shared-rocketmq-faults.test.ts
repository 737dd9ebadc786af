import { fileSinkHarness } from './harness/file-sink.ts';
import { sharingQueues } from './harness/sharing-queues.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(sharingQueues(fileSinkHarness), 'rocketmq-faults');
