import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError, toConnectError } from '../api/index.ts';
import { topicOfQueue } from '../kit/index.ts';
import { aboutOption } from './about-option.ts';
import { AnswerError } from './answer-errors.ts';
import type { TopicRoutes } from './find-routes.ts';
import { fullTopic } from './full-topic.ts';
import { type PullAnswer, readByPulls } from './matching-pull.ts';
import { pauseBefore } from './pauses.ts';
import { pullRequest } from './pull-request.ts';
import { queueName } from './queue-name.ts';
import { readAnswer } from './read-answer.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import type { RemotingResponse } from './remoting/frame.ts';
import { decodeMessages } from './stored-message.ts';
import { tellGroup } from './tell-group.ts';
import { masterOf, type TopicQueue, type TopicRoute } from './topic-route.ts';
import type { MessageFilter, QueueBounds, QueueMessages, ReadRange, RocketmqAccess, TopicQueues } from './types.ts';

const PATIENCE_MS = 10_000;

interface AccessOptions {
  readonly client: RemotingClient;
  readonly config: RocketmqAccess;
  readonly routes: TopicRoutes;
  /** What names the topics, for errors. Default `rocketmq.topic`. */
  readonly option?: string;
  /** How long a broker that restarts or is busy is asked again, ms. Default 10,000. */
  readonly patienceMs?: number;
}

/** A queue, the full name of its topic, and where that is. */
interface PlacedQueue extends TopicQueue {
  readonly topic: string;
  readonly route: TopicRoute;
}

/** The queues of topics that were looked up; see `TopicQueues`. */
export class QueueAccess implements TopicQueues {
  readonly #client: RemotingClient;
  readonly #config: RocketmqAccess;
  readonly #routes: TopicRoutes;
  readonly #option: string;
  readonly #patienceMs: number;
  readonly #closed = new AbortController();
  readonly #queues = new Map<string, PlacedQueue>();

  constructor({ client, config, routes, option = 'rocketmq.topic', patienceMs = PATIENCE_MS }: AccessOptions) {
    this.#patienceMs = patienceMs;
    this.#client = client;
    this.#config = config;
    this.#routes = routes;
    this.#option = option;
    for (const [topic, route] of routes) {
      if (route instanceof ConnectError) continue;
      for (const queue of route.readable) this.#queues.set(queueName(topic, queue), { ...queue, topic: this.#full(topic), route });
    }
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

  async offsetOf(name: string, group: string): Promise<number | undefined> {
    const fields = { consumerGroup: this.#full(group), setZeroIfNotFound: 'false' };
    const { offset } = (await this.#ask(name, requestCode.QUERY_CONSUMER_OFFSET, fields)).fields;
    return offset === undefined ? undefined : Number(offset);
  }

  async tell(group: string, offsets: ReadonlyMap<string, number>, resets: 'undo' | 'leave' = 'undo'): Promise<string[]> {
    const places = [...offsets].map(([name, offset]) => {
      const { broker, id, topic, route } = this.#queue(name);
      return { name, address: this.#master(route, broker), broker, topic, queue: id, offset };
    });
    return tellGroup({ client: this.#client, group: this.#full(group), timeoutMs: this.#config.requestTimeoutMs, resets }, places);
  }

  close(): void {
    this.#closed.abort();
  }

  async at(name: string, time: number): Promise<number> {
    return Number((await this.#ask(name, requestCode.SEARCH_OFFSET_BY_TIMESTAMP, { timestamp: String(time) })).fields.offset);
  }

  async #messages(name: string, offset: number, count: number, filter?: MessageFilter): Promise<PullAnswer> {
    const { code, fields, body } = await this.#pull(name, offset, count, filter);
    const messages = code === responseCode.SUCCESS ? decodeMessages(body, 'as stored') : [];
    return { messages, next: Number(fields.nextBeginOffset ?? offset), isElsewhere: code === responseCode.PULL_OFFSET_MOVED };
  }

  async #pull(name: string, offset: number, count: number, filter?: MessageFilter): Promise<RemotingResponse> {
    const { topic, id } = this.#queue(name);
    const { code, fields } = pullRequest({ topic, queue: id, offset, count, filter });
    return this.#ask(name, code, fields);
  }

  async #ask(name: string, code: number, fields: Readonly<Record<string, string>>): Promise<RemotingResponse> {
    const { broker, id, topic, route } = this.#queue(name);
    const address = this.#master(route, broker);
    const request = { code, fields: { topic, queueId: String(id), bname: broker, ...fields } };
    const deadline = Date.now() + this.#patienceMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return readAnswer(await this.#client.request(address, request, this.#config.requestTimeoutMs), { address, topic });
      } catch (error) {
        const again = error instanceof AnswerError ? error.again : error instanceof ConnectError && error.retriable;
        const pause = pauseBefore(attempt);
        if (!again || Date.now() + pause >= deadline) throw this.#about(error);
        await sleep(pause, undefined, this.#closed).catch(() => {});
        if (this.#closed.signal.aborted) throw this.#about(error);
      }
    }
  }

  #queue(name: string): PlacedQueue {
    const queue = this.#queues.get(name);
    if (queue !== undefined) return queue;
    const topic = topicOfQueue(name);
    const route = this.#routes.get(topic);
    if (route instanceof ConnectError) throw this.#about(route);
    throw new ConnectError('NOT_FOUND', `${this.#option}: topic ${this.#full(topic)} has no queue ${name} that may be read`, {
      retriable: true,
      remedy: 'start its broker, or, where the queue is gone for good, apply the file of the connector',
    });
  }

  #master(route: TopicRoute, broker: string): string {
    try {
      return masterOf(route, broker);
    } catch (error) {
      throw this.#about(error);
    }
  }

  #full(topic: string): string {
    return fullTopic({ namespace: this.#config.namespace, topic });
  }

  #about(error: unknown): ConnectError {
    return aboutOption(toConnectError(error), this.#option);
  }
}
