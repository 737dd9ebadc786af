import type { BatchProducer } from '../rocketmq/types.ts';
import type { TaskDeps } from '../runtime/contracts.ts';

/** The same parts, but `onSent` is told of every batch that RocketMQ acknowledged: a long invocation reports only at its end. */
export function countSent(deps: TaskDeps, onSent: (records: number, bytes: number) => void): TaskDeps {
  return {
    ...deps,
    loadRocketmq: async () => {
      const rocketmq = await deps.loadRocketmq();
      return { ...rocketmq, openProducer: async (config, logger) => counting(await rocketmq.openProducer(config, logger), onSent) };
    },
  };
}

function counting(producer: BatchProducer, onSent: (records: number, bytes: number) => void): BatchProducer {
  return {
    queues: producer.queues,
    problem: (message) => producer.problem(message),
    close: () => producer.close(),
    send: async (queue, messages, deadline) => {
      await producer.send(queue, messages, deadline);
      onSent(
        messages.length,
        messages.reduce((sum, { body }) => sum + body.length, 0),
      );
    },
  };
}
