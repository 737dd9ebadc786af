import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenProducer, RocketmqModule, TopicProducer } from '../../src/rocketmq/types.ts';

/** Where sending stands still until it is opened, so that a run is in its middle however late a test comes to it. */
export class Gate {
  /** Records that pass before it, about. */
  readonly after: number;
  readonly opened: Promise<void>;
  readonly open: () => void;

  constructor(after: number) {
    this.after = after;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.opened = promise;
    this.open = resolve;
  }
}

/** RocketMQ's client as it is, which sends no more than this, so that there is time to do something in the middle of a run. */
export async function pacedRocketmq(recordsPerSecond: number, gate?: Gate): Promise<RocketmqModule> {
  const rocketmq = await import('../../src/transport/index.ts');
  let sent = 0;
  const pass = async (records: number, deadline: number) => {
    if (gate !== undefined && sent >= gate.after)
      await Promise.race([gate.opened, sleep(Math.max(0, deadline - Date.now()), undefined, { ref: false })]);
    sent += records;
  };
  const openProducer: OpenProducer = async (...args) => paced(await rocketmq.openProducer(...args), recordsPerSecond, pass);
  return { ...rocketmq, openProducer };
}

function paced(
  producer: TopicProducer,
  recordsPerSecond: number,
  pass: (records: number, deadline: number) => Promise<void>,
): TopicProducer {
  let freeAt = 0;
  return {
    queues: producer.queues,
    ...(producer.topicType !== undefined && { topicType: producer.topicType }),
    problem: (message) => producer.problem(message),
    close: () => producer.close(),
    async send(queue, messages, deadline) {
      await pass(messages.length, deadline);
      freeAt = Math.max(freeAt, Date.now()) + (messages.length / recordsPerSecond) * 1_000;
      await sleep(Math.max(0, Math.min(freeAt, deadline) - Date.now()));
      await producer.send(queue, messages, deadline);
    },
  };
}
