import { connect } from 'amqplib';
import { RabbitmqQueues, rabbitmqOptions } from '../infra/local/rabbitmq-queues.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import { type Pace, paceOf } from './pace.ts';
import type { QueueSystem } from './queue-throughput.ts';

/** The client reads fastest with this window. A larger one waits for nothing, and a smaller one waits for acknowledgements. */
const PREFETCH = 2_000;
const ACKNOWLEDGE_EVERY = 500;

export const rabbitmqSystem: QueueSystem = {
  name: 'rabbitmq',
  async fill({ rabbitmq }, queue, bytes, messages) {
    await withQueues(rabbitmq, async (queues) => {
      await queues.create(queue);
      const body = Buffer.alloc(bytes, 'x');
      await queues.publish(
        queue,
        Array.from({ length: messages }, () => ({ body })),
      );
    });
  },
  readRaw: ({ rabbitmq }: StackAddresses, queue, messages) => readRawRabbitmq(rabbitmq, queue, messages),
  options: ({ rabbitmq }, queue) => ({ ...rabbitmqOptions(rabbitmq), queues: [queue] }),
  remove: ({ rabbitmq }, queue) => withQueues(rabbitmq, (queues) => queues.delete(queue)),
};

/** Measures amqplib alone, which consumes the queue and acknowledges in batches. */
async function readRawRabbitmq(url: string, queue: string, messages: number): Promise<Pace> {
  const connection = await connect(url, { noDelay: true });
  try {
    const channel = await connection.createChannel();
    await channel.prefetch(PREFETCH);
    return await paceOf(async () => {
      let read = 0;
      await new Promise<void>((resolve, reject) => {
        connection.once('error', reject);
        channel
          .consume(queue, (message) => {
            if (message === null) return reject(new Error(`queue ${queue} is gone`));
            read += 1;
            if (read % ACKNOWLEDGE_EVERY === 0 || read === messages) channel.ack(message, true);
            if (read === messages) resolve();
          })
          .catch(reject);
      });
      // The channel closes once the server has processed the acknowledgements.
      await channel.close();
      return read;
    }, messages);
  } finally {
    await connection.close();
  }
}

async function withQueues(url: string, work: (queues: RabbitmqQueues) => Promise<void>): Promise<void> {
  const queues = await RabbitmqQueues.open(url);
  try {
    await work(queues);
  } finally {
    await queues.close();
  }
}
