import { fullTopic } from './full-topic.ts';
import { pullRequest } from './pull-request.ts';
import { readAnswer } from './read-answer.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import type { RemotingResponse } from './remoting/frame.ts';
import { remotingClient } from './remoting-client.ts';
import { decodeMessages, type StoredMessage } from './stored-message.ts';
import { findRoute, masterOf, type TopicQueue, type TopicRoute } from './topic-route.ts';
import type { RocketmqConfig } from './types.ts';

/** A pull asks for so many messages. A broker may give fewer. */
const MESSAGES_PER_PULL = 1_000;
/** Going back takes few messages at once, because they may be large. */
const MESSAGES_BACK = 16;

/** Some messages of a queue, and the offset behind them. */
export interface QueuePart {
  readonly messages: readonly StoredMessage[];
  readonly next: number;
}

/** Reads a topic by pull, at any place, without a consumer group of its own: no consumer loses a message. */
export class TopicReader {
  readonly queues: readonly TopicQueue[];
  readonly #client: RemotingClient;
  readonly #config: RocketmqConfig;
  readonly #route: TopicRoute;

  private constructor(client: RemotingClient, config: RocketmqConfig, route: TopicRoute) {
    this.#client = client;
    this.#config = config;
    this.#route = route;
    this.queues = route.readable;
  }

  /** Throws ConnectError UNREACHABLE, TLS_FAILED, TIMEOUT, AUTH_FAILED or NOT_FOUND within `requestTimeoutMs`. */
  static async open(config: RocketmqConfig): Promise<TopicReader> {
    const client = remotingClient(config);
    try {
      return new TopicReader(client, config, await findRoute(client, config.endpoints, fullTopic(config), config.requestTimeoutMs));
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Asks for the offsets of the oldest message that the broker still has, and of the next one that comes. */
  async range(queue: TopicQueue): Promise<{ readonly min: number; readonly max: number }> {
    const [min, max] = await Promise.all([
      this.#offset(queue, requestCode.GET_MIN_OFFSET),
      this.#offset(queue, requestCode.GET_MAX_OFFSET),
    ]);
    return { min, max };
  }

  /** Asks for the offset of the first message that was stored at `time`, ms since 1970, or later. */
  at(queue: TopicQueue, time: number): Promise<number> {
    return this.#offset(queue, requestCode.SEARCH_OFFSET_BY_TIMESTAMP, { timestamp: String(time) });
  }

  /** Reads at most `count` messages with offsets `from` up to and without `to`. It reads fewer where their bodies pass `maxBytes`. */
  async read(queue: TopicQueue, from: number, to: number, count: number, maxBytes: number): Promise<QueuePart> {
    const messages: StoredMessage[] = [];
    let bytes = 0;
    let next = from;
    while (next < to && messages.length < count && bytes < maxBytes) {
      const asked = next;
      const part = await this.#pull(queue, asked, Math.min(MESSAGES_PER_PULL, count - messages.length));
      if (part.messages.length === 0 && part.next <= asked) break;
      for (const message of part.messages) {
        // Messages that are stored as one batch come with those before them.
        if (message.offset < next) continue;
        if (message.offset >= to || messages.length === count || bytes >= maxBytes) return { messages, next };
        messages.push(message);
        bytes += message.body.length;
        next = message.offset + 1;
      }
      // Nothing is left of a batch that can't be divided, and that begins before `asked`.
      if (next === asked) next = Math.max(part.next, asked + 1);
    }
    return { messages, next };
  }

  /** Reads the last messages before offset `to`, in order: at most `count`, and no more when their bodies pass `maxBytes`. */
  async readNewest(queue: TopicQueue, min: number, to: number, count: number, maxBytes: number): Promise<readonly StoredMessage[]> {
    let messages: readonly StoredMessage[] = [];
    let bytes = 0;
    for (let end = to; end > min && messages.length < count && bytes < maxBytes; end = Math.max(min, end - MESSAGES_BACK)) {
      const part = await this.read(queue, Math.max(min, end - MESSAGES_BACK), end, MESSAGES_BACK, Number.POSITIVE_INFINITY);
      messages = [...part.messages, ...messages];
      bytes += part.messages.reduce((sum, { body }) => sum + body.length, 0);
    }
    return messages.slice(-count);
  }

  close(): void {
    this.#client.close();
  }

  async #pull(queue: TopicQueue, offset: number, count: number): Promise<QueuePart> {
    const { code, fields } = pullRequest({ topic: fullTopic(this.#config), queue: queue.id, offset, count });
    const answer = await this.#ask(queue, code, fields);
    if (answer.code !== responseCode.SUCCESS) return { messages: [], next: Number(answer.fields.nextBeginOffset ?? offset) };
    return { messages: decodeMessages(answer.body, 'as stored'), next: Number(answer.fields.nextBeginOffset) };
  }

  async #offset(queue: TopicQueue, code: number, fields: Readonly<Record<string, string>> = {}): Promise<number> {
    return Number((await this.#ask(queue, code, fields)).fields.offset);
  }

  async #ask({ broker, id }: TopicQueue, code: number, fields: Readonly<Record<string, string>>): Promise<RemotingResponse> {
    const topic = fullTopic(this.#config);
    const address = masterOf(this.#route, broker);
    const request = { code, fields: { topic, queueId: String(id), bname: broker, ...fields } };
    return readAnswer(await this.#client.request(address, request, this.#config.requestTimeoutMs), { address, topic });
  }
}
