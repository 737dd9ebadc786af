import { ConnectError, type Logger } from '../api/index.ts';
import { deliver } from './deliver.ts';
import { lateAnswer } from './late-answer.ts';
import { problem } from './limits.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode } from './remoting/codes.ts';
import { Unanswered } from './remoting/connection-error.ts';
import type { RemotingResponse } from './remoting/frame.ts';
import { type DeliverBody, type Lane, SendLane } from './send-lane.ts';
import { type RequestForm, requireStored, sendMessages } from './send-request.ts';
import { findRoute, masterOf, type TopicQueue, type TopicRoute } from './topic-route.ts';
import type { MessageList, OutgoingMessage, RocketmqConfig, SpecialTopic, TopicProducer } from './types.ts';

/** How messages are sent to a topic of one kind. */
export interface Sending {
  /** Absent: plain messages. */
  readonly topicType?: SpecialTopic;
  /** See `TopicProducer`. */
  problem(message: OutgoingMessage, maxBytes?: number): string | undefined;
  /** Makes what sends to one queue. `maxBytes` is the bound of one message with all that belongs to it. */
  lane(deliver: DeliverBody, maxBytes?: number): Lane;
}

const PLAIN: Sending = { problem, lane: (deliver, maxBytes) => new SendLane(deliver, maxBytes) };

/** Sends to the writable queues of one topic over RocketMQ's remoting protocol. */
export class RemotingProducer implements TopicProducer {
  readonly topicType?: SpecialTopic;
  readonly #client: RemotingClient;
  readonly #config: RocketmqConfig;
  readonly #topic: string;
  readonly #logger: Logger;
  readonly #sending: Sending;
  readonly #lanes: readonly Lane[];
  readonly #closing = new AbortController();
  #route: TopicRoute;
  #refresh: Promise<void> | undefined;

  /** `topic` has its namespace. The client belongs to the producer from now on. */
  constructor(client: RemotingClient, config: RocketmqConfig, topic: string, route: TopicRoute, logger: Logger, sending = PLAIN) {
    this.#client = client;
    this.#config = config;
    this.#topic = topic;
    this.#logger = logger;
    this.#route = route;
    this.#sending = sending;
    if (sending.topicType !== undefined) this.topicType = sending.topicType;
    this.#lanes = route.writable.map((queue) =>
      sending.lane((body, deadline, form) => this.#deliver(queue, body, deadline, form), config.maxMessageBytes),
    );
  }

  get queues(): number {
    return this.#lanes.length;
  }

  problem(message: OutgoingMessage): string | undefined {
    return this.#sending.problem(message, this.#config.maxMessageBytes);
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

  #deliver(queue: TopicQueue, body: Buffer, deadline: number, form?: RequestForm): Promise<void> {
    return deliver({
      attempt: () => this.#attempt(queue, body, deadline, form),
      beforeRepeat: () => this.#refreshRoute(deadline),
      deadline,
      closing: this.#closing.signal,
      logger: this.#logger,
      place: { ...queue },
    });
  }

  async #attempt(queue: TopicQueue, body: Buffer, deadline: number, form?: RequestForm): Promise<void> {
    if (deadline <= Date.now()) throw new ConnectError('TIMEOUT', `no time left to send to topic ${this.#topic}`, { retriable: true });
    const address = masterOf(this.#route, queue.broker);
    const sent = sendMessages(this.#client, address, this.#topic, queue, body, this.#timeoutMs(deadline), form);
    const answer = await sent.catch(async (error) => {
      const late = error instanceof Unanswered ? await this.#lateAnswer(error, queue, deadline) : undefined;
      if (late === undefined) throw error;
      return late;
    });
    requireStored(answer, address, this.#topic);
  }

  /** Waits for a late answer: what is sent next must not come before an attempt that is stored late. */
  #lateAnswer(unanswered: Unanswered, queue: TopicQueue, deadline: number): Promise<RemotingResponse | undefined> {
    this.#logger.warn('RocketMQ did not answer in time; waiting for it', { ...queue, reason: unanswered.message });
    const isAlive = async () => {
      await this.#refreshRoute(deadline);
      const asked = { code: requestCode.GET_ROUTEINFO_BY_TOPIC, fields: { topic: this.#topic } };
      // Any answer will do, and a broker's is a refusal.
      const answer = await this.#client
        .request(masterOf(this.#route, queue.broker), asked, this.#timeoutMs(deadline))
        .catch(() => undefined);
      return answer !== undefined;
    };
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(Math.ceil(Math.max(deadline - Date.now(), 0)))]);
    return lateAnswer(unanswered, { isAlive, patienceMs: this.#config.requestTimeoutMs, signal });
  }

  #timeoutMs(deadline: number): number {
    return Math.min(this.#config.requestTimeoutMs, Math.max(deadline - Date.now(), 1));
  }

  /** Asks again for addresses: brokers restart elsewhere or hand over to another master. The queues keep their numbers. */
  #refreshRoute(deadline: number): Promise<void> {
    this.#refresh ??= findRoute(this.#client, this.#config.endpoints, this.#topic, this.#timeoutMs(deadline))
      .then((route) => {
        this.#route = route;
      })
      // The known addresses may still work; if not, the next attempt says what is wrong.
      .catch(() => {})
      .finally(() => {
        this.#refresh = undefined;
      });
    return this.#refresh;
  }
}
