import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startFauxqs } from 'fauxqs';
import { createSqsTrigger } from '../../../src/triggers/sqs.ts';
import type { TaskEvent } from '../../../src/triggers/trigger.ts';
import { describeTaskTrigger } from './task-trigger.ts';

describeTaskTrigger('SQS', async () => {
  const server = await startFauxqs({ port: 0, logger: false });
  const { queueUrl } = server.createQueue('tasks');
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
    trigger: createSqsTrigger({ queueUrl, client: config }),
    async started(connector) {
      await receiveAll();
      return received.filter((event) => event.connector === connector);
    },
    async close() {
      consumer.destroy();
      await server.stop();
    },
  };
});
