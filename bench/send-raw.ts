import { type MessageType, RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { silentLogger } from '../src/api/index.ts';
import { recordToMessage } from '../src/rocketmq/record-mapping.ts';
import type { OutgoingMessage, RocketmqConfig } from '../src/rocketmq/types.ts';
import { openProducer } from '../src/transport/open-producer.ts';
import { uniqueName } from '../test/support/names.ts';
import { stackAddresses } from '../test/support/stack.ts';
import { type Pace, paceOf } from './pace.ts';
import { routedTopic } from './routed-topic.ts';

const QUEUES = 8;
const MESSAGES_PER_SEND = 2_048;
/** Where each message is a request of its own. */
const SINGLE_MESSAGES_PER_SEND = 16;
const REQUEST_TIMEOUT_MS = 10_000;

/** Returns the key of a record, if the source's records have one. */
export type KeyOf = (index: number) => Buffer | null;

export interface SendOptions {
  /** Default: none has a key. */
  readonly keyOf?: KeyOf;
  /** Default `remoting`. */
  readonly protocol?: 'remoting' | 'grpc';
  /** Of the topic. Default NORMAL. */
  readonly messageType?: MessageType;
}

export interface SendPace extends Pace {
  /** Until readers see all of them: a broker answers first, and fills its queues later. This is the pace that the broker can keep up. */
  readonly readablePerSecond: number;
}

/**
 * Measures the batched producer alone, at its fastest. It sends ready messages, in the form that a source sends (deterministic key,
 * timestamp), to all queues of the producer at once. It needs a running RocketMQ and leaves no topic behind.
 */
export async function sendRaw(
  sizeBytes: number,
  seconds: number,
  { keyOf = () => null, protocol = 'remoting', messageType = 'NORMAL' }: SendOptions = {},
): Promise<SendPace> {
  const addresses = await stackAddresses();
  const { rocketmqNamesrv } = addresses;
  if (rocketmqNamesrv === undefined) throw new Error('no RocketMQ to measure: npm run stack -- start rocketmq');
  const admin = await RocketmqAdmin.open(rocketmqNamesrv);
  const topic = uniqueName('bench-send-raw');
  await routedTopic(admin, addresses, topic, { queues: QUEUES, messageType });
  const config: RocketmqConfig = {
    endpoints: protocol === 'grpc' ? addresses.rocketmqGrpc : rocketmqNamesrv,
    protocol,
    ...(messageType === 'NORMAL' && { order: 'none' }),
    topic,
    namespace: '',
    tls: false,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  };
  const producer = await openProducer(config, silentLogger);
  const count = messageType === 'NORMAL' ? MESSAGES_PER_SEND : SINGLE_MESSAGES_PER_SEND;
  try {
    const batches = Array.from({ length: producer.queues }, (_, queue) => messages(queue, count, sizeBytes, keyOf));
    await Promise.all(batches.map((batch, queue) => producer.send(queue, batch, Date.now() + REQUEST_TIMEOUT_MS)));
    // Otherwise this round would pay for what an earlier one left to the broker.
    await admin.dispatched();
    const began = performance.now();
    let sent = 0;
    const pace = await paceOf(async () => {
      const until = performance.now() + seconds * 1_000;
      await Promise.all(
        batches.map(async (batch, queue) => {
          while (performance.now() < until) {
            await producer.send(queue, batch, Date.now() + REQUEST_TIMEOUT_MS);
            sent += batch.length;
          }
        }),
      );
      return sent;
    });
    await admin.dispatched();
    return { ...pace, readablePerSecond: (sent * 1_000) / (performance.now() - began) };
  } finally {
    await producer.close();
    await admin.deleteTopic(topic);
    admin.close();
  }
}

function messages(queue: number, count: number, sizeBytes: number, keyOf: KeyOf): OutgoingMessage[] {
  const value = Buffer.alloc(sizeBytes, 'x');
  return Array.from({ length: count }, (_, index) => ({
    group: `orders-${queue}`,
    ...recordToMessage('bench', {
      partition: `orders-${queue}`,
      id: String(1_000_000 + index),
      position: '',
      key: keyOf(index),
      value,
      headers: [],
      timestamp: 1_700_000_000_000 + index,
    }),
  }));
}
