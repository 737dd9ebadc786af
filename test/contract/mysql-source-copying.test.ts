import { mysqlHarness } from './harness/mysql.ts';
import { describeSourceConnector } from './source-connector.ts';

describeSourceConnector(mysqlHarness, 'copying');
