import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerError } from './answer-errors.ts';
import { remotingClient } from './open-producer.ts';
import { batchAck, type PopReceipt, receiptsOf } from './pop-receipt.ts';
import { contentOf, type ReceivedContent } from './record-mapping.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import type { RemotingRequest, RemotingResponse } from './remoting/frame.ts';
import { decodeMessages } from './stored-message.ts';
import { fullTopic } from './topic-inspection.ts';
import { findRoute, masterOf, type TopicQueue, type TopicRoute } from './topic-route.ts';
import type { RocketmqConfig } from './types.ts';

export interface PopOptions {
  /** Consumer group: everyone in it gets a part of the messages. It must exist where brokers don't create groups. */
  readonly group: string;
  /** How long a message that was handed out is kept from others; not acknowledged by then, it comes again. Default 60 s. */
  readonly invisibleMs?: number;
}

export interface ReceivedMessage extends ReceivedContent {
  readonly receipt: PopReceipt;
}

/** RocketMQ's own limit. */
const MESSAGES_PER_POP = 32;
/** Queues that are asked at once, at most. */
const MAX_REQUESTS = 16;
const PAUSE_WHEN_EMPTY_MS = 50;
/** For a group that is new: everything the topic holds. */
const FROM_THE_BEGINNING = '0';
/** The queue is empty, or more are waiting for it than RocketMQ lets wait. */
const NOTHING: ReadonlySet<number> = new Set([responseCode.PULL_NOT_FOUND, responseCode.POLLING_TIMEOUT, responseCode.POLLING_FULL]);

/**
 * Receives from one topic in RocketMQ's POP mode: no partition is assigned, each message is acknowledged by itself.
 * `rocketmq.endpoints` must be name servers: the proxy of 5.5.0 mistakes these requests for others on its remoting port.
 */
export class PopConsumer {
  readonly #client: RemotingClient;
  readonly #config: RocketmqConfig;
  readonly #topic: string;
  readonly #route: TopicRoute;
  readonly #group: string;
  readonly #invisibleMs: number;

  private constructor(client: RemotingClient, config: RocketmqConfig, route: TopicRoute, { group, invisibleMs = 60_000 }: PopOptions) {
    this.#client = client;
    this.#config = config;
    this.#topic = fullTopic(config);
    this.#route = route;
    this.#group = group;
    this.#invisibleMs = invisibleMs;
  }

  /** Throws ConnectError UNREACHABLE, TLS_FAILED, TIMEOUT, AUTH_FAILED or NOT_FOUND within `requestTimeoutMs`. */
  static async open(config: RocketmqConfig, options: PopOptions): Promise<PopConsumer> {
    const client = remotingClient(config);
    try {
      const route = await findRoute(client, config.endpoints, fullTopic(config), config.requestTimeoutMs);
      return new PopConsumer(client, config, route, options);
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /**
   * Yields what arrives, at most 32 messages of one queue at a time, those in their order, and asks on meanwhile. Ends once
   * nothing has come for `idleMs`; what was handed out and not yielded by then, as after a `break`, comes again later.
   * Throws a ConnectError as soon as one request fails.
   */
  async *batches(idleMs: number): AsyncGenerator<ReceivedMessage[]> {
    const lanes = this.#lanes();
    const pending = new Map(lanes.map((queues, lane) => [lane, this.#receive(lane, queues)]));
    let heardAt = Date.now();
    while (pending.size > 0) {
      const { lane, messages } = await Promise.race(pending.values());
      if (messages.length > 0) heardAt = Date.now();
      if (Date.now() - heardAt < idleMs) pending.set(lane, this.#receive(lane, lanes[lane] as TopicQueue[]));
      else pending.delete(lane);
      if (messages.length > 0) yield messages;
    }
  }

  /** Resolves when RocketMQ has taken in that these messages are acknowledged. Rejects with a ConnectError: they may come again. */
  async ack(messages: readonly ReceivedMessage[]): Promise<void> {
    const byBroker = Map.groupBy(
      messages.map(({ receipt }) => receipt),
      ({ broker }) => broker,
    );
    await Promise.all(
      [...byBroker].map(([broker, receipts]) => {
        const body = batchAck(this.#group, this.#topic, broker, receipts);
        return this.#ask(broker, { code: requestCode.BATCH_ACK_MESSAGE, fields: {}, body });
      }),
    );
  }

  close(): void {
    this.#client.close();
  }

  /** The topic's queues, dealt out to the requests that may be under way at once. */
  #lanes(): TopicQueue[][] {
    const { readable } = this.#route;
    const count = Math.min(readable.length, MAX_REQUESTS);
    return Array.from({ length: count }, (_, lane) => readable.filter((_queue, index) => index % count === lane));
  }

  /** Asks the lane's queues in turn; waits a moment where all are empty. The queue that gave something is asked last next time. */
  async #receive(lane: number, queues: TopicQueue[]): Promise<{ lane: number; messages: ReceivedMessage[] }> {
    for (let asked = 0; asked < queues.length; asked += 1) {
      const queue = queues.shift() as TopicQueue;
      queues.push(queue);
      const messages = await this.#pop(queue);
      if (messages.length > 0) return { lane, messages };
    }
    await sleep(PAUSE_WHEN_EMPTY_MS);
    return { lane, messages: [] };
  }

  async #pop({ broker, id }: TopicQueue): Promise<ReceivedMessage[]> {
    const answer = await this.#ask(broker, {
      code: requestCode.POP_MESSAGE,
      fields: {
        consumerGroup: this.#group,
        topic: this.#topic,
        queueId: String(id),
        maxMsgNums: String(MESSAGES_PER_POP),
        invisibleTime: String(this.#invisibleMs),
        pollTime: '0',
        bornTime: String(Date.now()),
        initMode: FROM_THE_BEGINNING,
        expType: 'TAG',
        exp: '*',
        bname: broker,
      },
    });
    if (answer.code !== responseCode.SUCCESS) return [];
    const messages = decodeMessages(answer.body);
    const receipts = receiptsOf(answer, messages, broker);
    return messages.map(({ body, properties }, index) => ({ ...contentOf(body, properties), receipt: receipts[index] as PopReceipt }));
  }

  async #ask(broker: string, request: RemotingRequest): Promise<RemotingResponse> {
    const address = masterOf(this.#route, broker);
    const answer = await this.#client.request(address, request, this.#config.requestTimeoutMs);
    if (answer.code === responseCode.SUCCESS || NOTHING.has(answer.code)) return answer;
    throw new AnswerError(answer, { address, topic: this.#topic });
  }
}
