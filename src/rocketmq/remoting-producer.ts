import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError, type Logger, toConnectError, untilAborted } from '../api/index.ts';
import { AnswerError } from './answer-errors.ts';
import { problem } from './limits.ts';
import type { RemotingClient } from './remoting/client.ts';
import { Unanswered } from './remoting/connection-error.ts';
import { BatchRefused, sendBatch } from './send-batch.ts';
import { SendLane } from './send-lane.ts';
import { findRoute, masterOf, type TopicQueue, type TopicRoute } from './topic-route.ts';
import type { BatchProducer, MessageList, OutgoingMessage, RocketmqConfig } from './types.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/** Doubles from one attempt to the next; half of it is chance, so that lanes don't all come back at once. */
const pauseBefore = (attempt: number): number => Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);

/** Sends to the writable queues of one topic over RocketMQ's remoting protocol. */
export class RemotingProducer implements BatchProducer {
  readonly #client: RemotingClient;
  readonly #config: RocketmqConfig;
  readonly #topic: string;
  readonly #logger: Logger;
  readonly #lanes: readonly SendLane[];
  readonly #closing = new AbortController();
  #route: TopicRoute;
  #refresh: Promise<void> | undefined;

  /** `topic` with its namespace. The client is the producer's from now on. */
  constructor(client: RemotingClient, config: RocketmqConfig, topic: string, route: TopicRoute, logger: Logger) {
    this.#client = client;
    this.#config = config;
    this.#topic = topic;
    this.#logger = logger;
    this.#route = route;
    this.#lanes = route.writable.map((queue) => new SendLane((body, deadline) => this.#deliver(queue, body, deadline)));
  }

  get queues(): number {
    return this.#lanes.length;
  }

  problem(message: OutgoingMessage): string | undefined {
    return problem(message);
  }

  async send(queue: number, messages: MessageList, deadline: number): Promise<void> {
    const lane = this.#lanes[queue];
    if (lane === undefined) throw new ConnectError('INTERNAL', `queue ${queue} of topic ${this.#topic}, which has ${this.queues}`);
    await lane.send(messages, deadline);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#client.close();
  }

  async #deliver(queue: TopicQueue, body: Buffer, deadline: number): Promise<void> {
    const unanswered: Unanswered[] = [];
    try {
      for (let attempt = 0; ; attempt += 1) {
        try {
          await this.#attempt(queue, body, deadline);
          return await this.#settle(unanswered, deadline);
        } catch (error) {
          if (error instanceof Unanswered) unanswered.push(error);
          const pause = pauseBefore(attempt);
          if (!mayRepeat(error) || this.#closing.signal.aborted || Date.now() + pause >= deadline) throw error;
          const { code, message } = toConnectError(error);
          this.#logger.warn('RocketMQ did not acknowledge a batch; sending it again', { ...queue, attempt, code, reason: message });
          await sleep(pause, undefined, { signal: this.#closing.signal }).catch(() => {});
          await this.#refreshRoute(deadline);
        }
      }
    } finally {
      for (const { giveUp } of unanswered) giveUp();
    }
  }

  /** A broker that stood still may store earlier attempts after the last one: what is sent next must not come in between. */
  async #settle(unanswered: readonly Unanswered[], deadline: number): Promise<void> {
    if (unanswered.length === 0) return;
    const patience = Math.max(Math.min(this.#config.requestTimeoutMs, deadline - Date.now()), 0);
    const settled = Promise.all(unanswered.map(({ settled }) => settled));
    await untilAborted(settled, AbortSignal.any([this.#closing.signal, AbortSignal.timeout(patience)])).catch(() => {});
  }

  #attempt(queue: TopicQueue, body: Buffer, deadline: number): Promise<void> {
    const timeLeft = deadline - Date.now();
    if (timeLeft <= 0) throw new ConnectError('TIMEOUT', `no time left to send to topic ${this.#topic}`, { retriable: true });
    const timeoutMs = Math.min(this.#config.requestTimeoutMs, timeLeft);
    return sendBatch(this.#client, masterOf(this.#route, queue.broker), this.#topic, queue, body, timeoutMs);
  }

  /** Brokers restart elsewhere or hand over to another master; the queues, once numbered, stay as they are. */
  #refreshRoute(deadline: number): Promise<void> {
    const timeoutMs = Math.min(this.#config.requestTimeoutMs, Math.max(deadline - Date.now(), 1));
    this.#refresh ??= findRoute(this.#client, this.#config.endpoints, this.#topic, timeoutMs)
      .then((route) => {
        this.#route = route;
      })
      // The known addresses may still do, and the next attempt says what is wrong.
      .catch(() => {})
      .finally(() => {
        this.#refresh = undefined;
      });
    return this.#refresh;
  }
}

function mayRepeat(error: unknown): boolean {
  if (error instanceof BatchRefused) return false;
  return error instanceof AnswerError ? error.again : toConnectError(error).retriable;
}
