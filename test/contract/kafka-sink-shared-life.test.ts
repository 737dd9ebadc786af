import { kafkaSinkHarness } from './harness/kafka-sink.ts';
import { sharingQueues } from './harness/sharing-queues.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(sharingQueues(kafkaSinkHarness), 'life');
