import { type BatchProducer, RefusedError } from '../rocketmq/types.ts';
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
      const sizes: number[] = [];
      const at = (index: number) => {
        const message = messages.at(index);
        sizes[index] = message?.body.length ?? 0;
        return message;
      };
      const sent = (count: number) =>
        onSent(
          count,
          sizes.slice(0, count).reduce((sum, size) => sum + size, 0),
        );
      try {
        await producer.send(queue, { length: messages.length, at }, deadline);
      } catch (error) {
        if (error instanceof RefusedError) sent(error.index);
        throw error;
      }
      sent(messages.length);
    },
  };
}
