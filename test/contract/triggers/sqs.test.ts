import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe } from '@jest/globals';
import { startFauxqs } from 'fauxqs';
import { createSqsTrigger } from '../../../src/triggers/sqs.ts';
import type { TaskEvent } from '../../../src/triggers/trigger.ts';
import { packagedRoles, type RoleName } from '../../support/aws-rules/packaged-roles.ts';
import { describeTaskTrigger, type TriggerUnderTest } from './task-trigger.ts';

/** The trigger behind the roles of the functions, as they are packaged: planner and looks start tasks, and a task its continuation. */
const ROLES: readonly RoleName[] = ['PlannerRole', 'TaskRole', 'WatchRole'];

describe.each(ROLES)('as %s', (role) => describeTaskTrigger('SQS', () => openSqs(role)));

async function openSqs(role: RoleName): Promise<TriggerUnderTest> {
  const server = await startFauxqs({ port: 0, logger: false });
  const { queueUrl } = server.createQueue('tasks');
  const { handler } = await packagedRoles({ names: { TaskQueue: 'tasks' } });
  const config = { endpoint: server.address, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const consumer = new SQSClient(config);
  const received: TaskEvent[] = [];

  async function receiveAll(): Promise<void> {
    for (;;) {
      const { Messages = [] } = await consumer.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return;
      received.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as TaskEvent));
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      await consumer.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  }

  return {
    holdsSchedules: false,
    trigger: createSqsTrigger({ queueUrl, client: { ...config, requestHandler: handler(role) } }),
    async started(connector) {
      await receiveAll();
      return received.filter((event) => event.connector === connector);
    },
    async close() {
      consumer.destroy();
      await server.stop();
    },
  };
}
