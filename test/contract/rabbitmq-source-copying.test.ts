import { rabbitmqHarness } from './harness/rabbitmq.ts';
import { describeSourceConnector } from './source-connector.ts';

describeSourceConnector(rabbitmqHarness, 'copying');
