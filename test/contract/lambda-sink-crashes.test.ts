import { lambdaSinkHarness } from './harness/lambda-sink.ts';
import { describeSinkConnector } from './sink-connector.ts';

describeSinkConnector(lambdaSinkHarness, 'crashes');
