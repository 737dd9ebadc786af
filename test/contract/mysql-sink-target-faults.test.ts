import { mysqlSinkHarness } from './harness/mysql-sink.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(mysqlSinkHarness, 'target-faults');
