import { activemqHarness } from './harness/activemq.ts';
import { describeSourceConnector } from './source-connector.ts';

describeSourceConnector(activemqHarness, 'crashes');
