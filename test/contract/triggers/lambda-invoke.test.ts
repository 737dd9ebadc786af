import { createLambdaTrigger } from '../../../src/triggers/lambda-invoke.ts';
import type { TaskEvent } from '../../../src/triggers/trigger.ts';
import { startJsonServer } from '../../support/json-server.ts';
import { describeTaskTrigger } from './task-trigger.ts';

/** Lambda's Invoke API for one function, scripted: an emulator needs docker to invoke anything. */
describeTaskTrigger('Lambda asynchronous invocation', async () => {
  const invoked: TaskEvent[] = [];
  const server = await startJsonServer((event, { method, url, headers }) => {
    const known = method === 'POST' && url === '/2015-03-31/functions/connect-task/invocations';
    if (!known || headers['x-amz-invocation-type'] !== 'Event') return { status: 400 };
    invoked.push(event as TaskEvent);
    return { status: 202 };
  });
  return {
    holdsSchedules: false,
    trigger: createLambdaTrigger({ functionName: 'connect-task', client: server.clientConfig }),
    started: async (connector) => invoked.filter((event) => event.connector === connector),
    close: () => server.close(),
  };
});
