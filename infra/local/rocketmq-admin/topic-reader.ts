import { type RemotingConnection, requestCode, responseCode } from './remoting.ts';
import { decodeMessages, type StoredMessage } from './stored-message.ts';

/** Only a name: no offset is stored for it. */
const GROUP = 'stack-reader';
/** The request says itself what it subscribes to, so no consumer needs to be registered. */
const FLAG_SUBSCRIPTION = 4;
const MESSAGES_PER_PULL = 4_000;

/** Where a queue begins and ends now. */
export interface QueueRange {
  readonly queue: number;
  /** Offset of the oldest message that the broker still has. */
  readonly min: number;
  /** Offset that the next message gets. */
  readonly max: number;
}

export async function queueRange(broker: RemotingConnection, topic: string, queue: number): Promise<QueueRange> {
  const [min, max] = await Promise.all(
    [requestCode.GET_MIN_OFFSET, requestCode.GET_MAX_OFFSET].map(async (code) => {
      const { fields } = await broker.request(code, { topic, queueId: queue });
      return Number(fields.offset);
    }),
  );
  return { queue, min: min ?? 0, max: max ?? 0 };
}

/** Yields the messages of a queue with offsets `from` to `to` (not included), in order, without gaps. */
export async function* readQueue(
  broker: RemotingConnection,
  topic: string,
  queue: number,
  from: number,
  to: number,
): AsyncGenerator<StoredMessage[]> {
  for (let offset = from; offset < to; ) {
    const messages = await pull(broker, topic, queue, offset);
    const wanted = messages.filter((message) => message.offset < to);
    for (const [index, message] of wanted.entries())
      if (message.offset !== offset + index)
        throw new Error(`queue ${queue} of ${topic}: offset ${message.offset} came where ${offset + index} was due`);
    if (wanted.length === 0) throw new Error(`queue ${queue} of ${topic}: nothing came for offset ${offset}`);
    offset += wanted.length;
    yield wanted;
  }
}

async function pull(broker: RemotingConnection, topic: string, queue: number, offset: number): Promise<StoredMessage[]> {
  const { code, remark, body } = await broker.request(
    requestCode.PULL_MESSAGE,
    {
      consumerGroup: GROUP,
      topic,
      queueId: queue,
      queueOffset: offset,
      maxMsgNums: MESSAGES_PER_PULL,
      sysFlag: FLAG_SUBSCRIPTION,
      commitOffset: 0,
      suspendTimeoutMillis: 0,
      subscription: '*',
      subVersion: 0,
      expressionType: 'TAG',
    },
    undefined,
    [responseCode.SUCCESS, responseCode.PULL_RETRY_IMMEDIATELY],
  );
  if (code === responseCode.PULL_RETRY_IMMEDIATELY)
    throw new Error(`queue ${queue} of ${topic} can't be read at offset ${offset}: ${remark}`);
  return decodeMessages(body);
}
