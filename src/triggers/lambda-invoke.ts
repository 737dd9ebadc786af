import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { CLIENT_DEFAULTS } from '../aws/client-defaults.ts';
import { awsError } from '../aws/errors.ts';
import { refuseSchedule } from './no-schedules.ts';
import { startEach } from './start-each.ts';
import { eventText } from './task-event.ts';
import type { TaskTrigger } from './trigger.ts';

export interface LambdaTriggerOptions {
  /** Name or ARN of the task function. */
  readonly functionName: string;
  /** Default: the SDK's own, from its environment. */
  readonly client?: LambdaClientConfig;
}

const CONCURRENCY = 16;

/** One asynchronous invocation per task; Lambda's own queue holds them. It can't wait: `delayMs` is ignored. */
export function createLambdaTrigger({ functionName, client: config }: LambdaTriggerOptions): TaskTrigger {
  const client = new LambdaClient({ ...CLIENT_DEFAULTS, ...config });
  const subject = { what: `task function ${functionName}`, createIt: 'deploy it with `sls deploy`, or correct the name' };
  return {
    async fire(tasks) {
      await startEach(tasks, { lotSize: 1, concurrency: CONCURRENCY }, async (lot) => {
        for (const event of lot) {
          const command = new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: eventText(event) });
          await client.send(command).catch((error: unknown) => {
            throw awsError(error, subject);
          });
        }
      });
    },
    sync: refuseSchedule,
    close: async () => client.destroy(),
  };
}
