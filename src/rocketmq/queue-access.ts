import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from '../api/index.ts';
import { AnswerError } from './answer-errors.ts';
import { fullTopic } from './full-topic.ts';
import { type PullAnswer, readByPulls } from './matching-pull.ts';
import { pauseBefore } from './pauses.ts';
import { pullRequest } from './pull-request.ts';
import { queueName } from './queue-name.ts';
import { readAnswer } from './read-answer.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import type { RemotingRequest, RemotingResponse } from './remoting/frame.ts';
import { decodeMessages } from './stored-message.ts';
import { tellGroup } from './tell-group.ts';
import { masterOf, type TopicQueue, type TopicRoute } from './topic-route.ts';
import type { MessageFilter, QueueBounds, QueueMessages, ReadRange, RocketmqConfig, TopicQueues } from './types.ts';

const PATIENCE_MS = 10_000;

interface AccessOptions {
  readonly client: RemotingClient;
  readonly config: RocketmqConfig;
  readonly route: TopicRoute;
  /** How long a broker that restarts or is busy is asked again, ms. Default 10,000. */
  readonly patienceMs?: number;
}

/** The queues of a topic whose route is known; see `TopicQueues`. */
export class QueueAccess implements TopicQueues {
  readonly #client: RemotingClient;
  readonly #config: RocketmqConfig;
  readonly #route: TopicRoute;
  readonly #patienceMs: number;
  readonly #closed = new AbortController();
  readonly #queues: ReadonlyMap<string, TopicQueue>;

  constructor({ client, config, route, patienceMs = PATIENCE_MS }: AccessOptions) {
    this.#patienceMs = patienceMs;
    this.#client = client;
    this.#config = config;
    this.#route = route;
    this.#queues = new Map(route.readable.map((queue) => [queueName(config.topic, queue), queue]));
  }

  get names(): string[] {
    return [...this.#queues.keys()];
  }

  /** A pull tells both, and needs no permission but the one to read. */
  async bounds(name: string, at = 0): Promise<QueueBounds> {
    const { fields } = await this.#pull(name, at, 1);
    return { min: Number(fields.minOffset), max: Number(fields.maxOffset) };
  }

  async storedAt(name: string, offset: number): Promise<number | undefined> {
    const { messages } = await this.#messages(name, offset, 1);
    return messages.find((message) => message.offset === offset)?.storedAt;
  }

  read(name: string, range: ReadRange): QueueMessages {
    return readByPulls((offset, count, filter) => this.#messages(name, offset, count, filter), range);
  }

  /** Says whether the broker finds a message that the filter takes, in the first stretch from `offset` on at which it looks. */
  async finds(name: string, offset: number, filter: MessageFilter): Promise<boolean> {
    return (await this.#messages(name, offset, 1, filter)).messages.length > 0;
  }

  /** Asks for the offset that a consumer group has in a queue; `group` is without namespace. Resolves with undefined where it has none. */
  async offsetOf(name: string, group: string): Promise<number | undefined> {
    const consumerGroup = fullTopic({ namespace: this.#config.namespace, topic: group });
    const fields = { consumerGroup, topic: fullTopic(this.#config), setZeroIfNotFound: 'false' };
    const { offset } = (await this.#ask(name, requestCode.QUERY_CONSUMER_OFFSET, fields)).fields;
    return offset === undefined ? undefined : Number(offset);
  }

  async tell(group: string, offsets: ReadonlyMap<string, number>): Promise<string[]> {
    const { namespace, requestTimeoutMs } = this.#config;
    const on = { client: this.#client, group: fullTopic({ namespace, topic: group }), topic: fullTopic(this.#config) };
    const places = [...offsets].map(([name, offset]) => {
      const { broker, id } = this.#queue(name);
      return { name, address: masterOf(this.#route, broker), broker, queue: id, offset };
    });
    return tellGroup({ ...on, timeoutMs: requestTimeoutMs }, places);
  }

  close(): void {
    this.#closed.abort();
  }

  async at(name: string, time: number): Promise<number> {
    const fields = { topic: fullTopic(this.#config), timestamp: String(time) };
    return Number((await this.#ask(name, requestCode.SEARCH_OFFSET_BY_TIMESTAMP, fields)).fields.offset);
  }

  async #messages(name: string, offset: number, count: number, filter?: MessageFilter): Promise<PullAnswer> {
    const { code, fields, body } = await this.#pull(name, offset, count, filter);
    const messages = code === responseCode.SUCCESS ? decodeMessages(body, 'as stored') : [];
    return { messages, next: Number(fields.nextBeginOffset ?? offset), isElsewhere: code === responseCode.PULL_OFFSET_MOVED };
  }

  #pull(name: string, offset: number, count: number, filter?: MessageFilter): Promise<RemotingResponse> {
    const { code, fields } = pullRequest({ topic: fullTopic(this.#config), queue: this.#queue(name).id, offset, count, filter });
    return this.#ask(name, code, fields);
  }

  async #ask(name: string, code: number, fields: Readonly<Record<string, string>>): Promise<RemotingResponse> {
    const { broker, id } = this.#queue(name);
    const address = masterOf(this.#route, broker);
    const request = { code, fields: { queueId: String(id), bname: broker, ...fields } };
    const deadline = Date.now() + this.#patienceMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#askOnce(address, request);
      } catch (error) {
        const again = error instanceof AnswerError ? error.again : error instanceof ConnectError && error.retriable;
        const pause = pauseBefore(attempt);
        if (!again || Date.now() + pause >= deadline) throw error;
        await sleep(pause, undefined, this.#closed).catch(() => {});
        if (this.#closed.signal.aborted) throw error;
      }
    }
  }

  async #askOnce(address: string, request: RemotingRequest): Promise<RemotingResponse> {
    const topic = fullTopic(this.#config);
    return readAnswer(await this.#client.request(address, request, this.#config.requestTimeoutMs), { address, topic });
  }

  #queue(name: string): TopicQueue {
    const queue = this.#queues.get(name);
    if (queue !== undefined) return queue;
    throw new ConnectError('NOT_FOUND', `rocketmq.topic: topic ${fullTopic(this.#config)} has no queue ${name} that may be read`, {
      retriable: true,
      remedy: 'start its broker, or, where the queue is gone for good, apply the file of the connector',
    });
  }
}
