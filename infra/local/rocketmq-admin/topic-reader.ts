import { pullRequest } from '../../../src/rocketmq/pull-request.ts';
import { type Pulled, QueueReader, type QueueReaderOptions } from '../../../src/rocketmq/queue-reader.ts';
import { requestCode } from '../../../src/rocketmq/remoting/codes.ts';
import { decodeMessages, type StoredMessage } from '../../../src/rocketmq/stored-message.ts';
import type { RemotingServer } from './remoting-server.ts';

/** The start and the end of a queue now. */
export interface QueueRange {
  readonly queue: number;
  /** The offset of the oldest message that the broker still has. */
  readonly min: number;
  /** The offset that the next message gets. */
  readonly max: number;
}

export async function queueRange(broker: RemotingServer, topic: string, queue: number): Promise<QueueRange> {
  const [min, max] = await Promise.all([
    broker.request(requestCode.GET_MIN_OFFSET, { topic, queueId: queue }),
    broker.request(requestCode.GET_MAX_OFFSET, { topic, queueId: queue }),
  ]);
  return { queue, min: Number(min.fields.offset), max: Number(max.fields.offset) };
}

/** Yields the messages of a queue with offsets from `from` up to and without `to`, in order, without gaps. */
export async function* readQueue(
  broker: RemotingServer,
  topic: string,
  queue: number,
  from: number,
  to: number,
  limits: Pick<QueueReaderOptions, 'window'> = {},
): AsyncGenerator<readonly StoredMessage[]> {
  const reader = new QueueReader({ pull: (offset, count) => pull(broker, topic, queue, offset, count), from, to, ...limits });
  for (let messages = await reader.next(); messages !== undefined; messages = await reader.next()) yield messages;
}

async function pull(broker: RemotingServer, topic: string, queue: number, from: number, count: number): Promise<Pulled> {
  const { code, fields } = pullRequest({ topic, queue, offset: from, count });
  const answer = await broker.request(code, fields);
  return { messages: decodeMessages(answer.body), next: Number(answer.fields.nextBeginOffset) };
}
