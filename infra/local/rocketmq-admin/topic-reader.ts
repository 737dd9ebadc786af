import { pullRequest } from '../../../src/rocketmq/pull-request.ts';
import { requestCode } from '../../../src/rocketmq/remoting/codes.ts';
import { decodeMessages, type StoredMessage } from '../../../src/rocketmq/stored-message.ts';
import type { RemotingServer } from './remoting-server.ts';

const MESSAGES_PER_PULL = 4_000;

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
): AsyncGenerator<StoredMessage[]> {
  for (let offset = from; offset < to; ) {
    const messages = (await pull(broker, topic, queue, offset)).filter((message) => message.offset < to);
    const misplaced = messages.find((message, index) => message.offset !== offset + index);
    if (misplaced || messages.length === 0)
      throw new Error(
        `queue ${queue} of topic ${topic} has ${misplaced ? `offset ${misplaced.offset}` : 'nothing'} where ${offset} was due`,
      );
    offset += messages.length;
    yield messages;
  }
}

async function pull(broker: RemotingServer, topic: string, queue: number, offset: number): Promise<StoredMessage[]> {
  const { code, fields } = pullRequest({ topic, queue, offset, count: MESSAGES_PER_PULL });
  const { body } = await broker.request(code, fields);
  return decodeMessages(body);
}
