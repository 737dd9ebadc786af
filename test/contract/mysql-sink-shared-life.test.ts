import { mysqlSinkHarness } from './harness/mysql-sink.ts';
import { sharingQueues } from './harness/sharing-queues.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(sharingQueues(mysqlSinkHarness), 'life');
