import { RabbitmqQueues, rabbitmqOptions } from '../infra/local/rabbitmq-queues.ts';
import { paceOf } from './pace.ts';
import type { SinkSystem } from './sink-throughput.ts';

export const rabbitmqTarget: SinkSystem = {
  name: 'rabbitmq',
  server: 'rabbitmq',
  record: (_index, bytes) => ({ key: null, value: Buffer.alloc(bytes, 'x'), headers: [] }),
  create: ({ rabbitmq }, queue) => withQueues(rabbitmq, (queues) => queues.create(queue)),
  /** Measures amqplib alone, which publishes persistent messages and waits for their confirmations. */
  writeRaw: ({ rabbitmq }, queue, bytes, records) =>
    withQueues(rabbitmq, (queues) => {
      const body = Buffer.alloc(bytes, 'x');
      const messages = Array.from({ length: records }, () => ({ body }));
      return paceOf(async () => {
        await queues.publish(queue, messages);
        return records;
      });
    }),
  options: ({ rabbitmq }, queue) => ({ ...rabbitmqOptions(rabbitmq), routingKey: queue }),
  remove: ({ rabbitmq }, queue) => withQueues(rabbitmq, (queues) => queues.delete(queue)),
};

async function withQueues<T>(url: string, work: (queues: RabbitmqQueues) => Promise<T>): Promise<T> {
  const queues = await RabbitmqQueues.open(url);
  try {
    return await work(queues);
  } finally {
    await queues.close();
  }
}
