import type { StackAddresses } from '../infra/local/stack.ts';
import { openShared } from '../src/rocketmq/queues.ts';
import type { SharedQueues } from '../src/rocketmq/types.ts';
import { type Pace, paceOf } from './pace.ts';

/** More receives side by side bring no more, and no receive brings more messages. */
const RECEIVES = 16;
const MOST = 32;
const INVISIBLE_MS = 60_000;

/** How a sink reaches the stack's RocketMQ over gRPC. */
export const accessOf = ({ rocketmqGrpc }: StackAddresses) =>
  ({ protocol: 'grpc', endpoints: rocketmqGrpc, namespace: '', tls: false, requestTimeoutMs: 20_000 }) as const;

/** Opens a topic as one consumer of a group, which exists. The caller closes it. */
export const openGroup = (addresses: StackAddresses, topic: string, group: string): Promise<SharedQueues> =>
  openShared(accessOf(addresses), { names: [topic], option: 'rocketmq.topic' }, { group, invisibleMs: INVISIBLE_MS });

/** Receives and acknowledges `count` messages, and does nothing else. */
export async function receiveAll(addresses: StackAddresses, topic: string, group: string, count: number): Promise<Pace> {
  const queues = await openGroup(addresses, topic, group);
  const done = new AbortController();
  let received = 0;
  const receive = async (): Promise<void> => {
    while (!done.signal.aborted) {
      const messages = await queues.receive(0, MOST, done.signal);
      received += messages.length;
      await queues.acknowledge(messages);
      if (received >= count) done.abort();
    }
  };
  try {
    return await paceOf(async () => {
      await Promise.all(Array.from({ length: RECEIVES }, receive));
      return received;
    }, count);
  } finally {
    await queues.close();
  }
}
