import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchProducer, OpenProducer, RocketmqModule } from '../../src/rocketmq/types.ts';

/** RocketMQ's client as it is, which sends no more than this, so that there is time to do something in the middle of a run. */
export async function pacedRocketmq(recordsPerSecond: number): Promise<RocketmqModule> {
  const rocketmq = await import('../../src/rocketmq/index.ts');
  const openProducer: OpenProducer = async (...args) => paced(await rocketmq.openProducer(...args), recordsPerSecond);
  return { ...rocketmq, openProducer };
}

function paced(producer: BatchProducer, recordsPerSecond: number): BatchProducer {
  let freeAt = 0;
  return {
    queues: producer.queues,
    problem: (message) => producer.problem(message),
    close: () => producer.close(),
    async send(queue, messages, deadline) {
      freeAt = Math.max(freeAt, Date.now()) + (messages.length / recordsPerSecond) * 1_000;
      await sleep(Math.max(0, Math.min(freeAt, deadline) - Date.now()));
      await producer.send(queue, messages, deadline);
    },
  };
}
