import { ConnectError, type Logger } from '../../api/index.ts';
import { deliver } from '../deliver.ts';
import { lateAnswer } from '../late-answer.ts';
import { Unanswered } from '../remoting/connection-error.ts';
import { MAX_BODY_BYTES } from '../request-body.ts';
import { type Encoding, SendLane } from '../send-lane.ts';
import type { MessageList, OutgoingMessage, RocketmqConfig, SpecialTopic, TopicProducer } from '../types.ts';
import type { Answer } from './answer.ts';
import { grpcEncoding } from './encode-messages.ts';
import type { GrpcClient } from './grpc-client.ts';
import { SendChannel } from './send-channel.ts';
import { requireOk } from './status-error.ts';
import type { WritableTopic } from './writable-topic.ts';

/** More requests in flight bring no throughput where each carries many messages. */
const LANES = 8;
/** Requests of one message each: a FIFO topic has as many groups in flight. */
const SINGLE_LANES = 64;

/**
 * Sends to one topic over gRPC. Its queues are lanes, each with one request in flight: the proxy itself picks the queue of RocketMQ, by the
 * group of a message in a FIFO topic, and otherwise as it likes.
 */
export class GrpcProducer implements TopicProducer {
  readonly topicType?: SpecialTopic;
  readonly #client: GrpcClient;
  readonly #config: RocketmqConfig;
  readonly #topic: string;
  readonly #logger: Logger;
  readonly #channels: readonly SendChannel[];
  readonly #encoding: Encoding;
  readonly #lanes: readonly SendLane[];
  readonly #closing = new AbortController();

  /** The client, which is started, belongs to the producer from now on. */
  constructor(client: GrpcClient, config: RocketmqConfig, { name, type, endpoints }: WritableTopic, logger: Logger) {
    this.#client = client;
    this.#config = config;
    this.#topic = name;
    this.#logger = logger;
    if (type !== undefined) this.topicType = type;
    this.#channels = endpoints.map((each) => new SendChannel(client, each));
    this.#encoding = grpcEncoding(name, type);
    this.#lanes = Array.from({ length: type === undefined ? LANES : SINGLE_LANES }, (_, lane) => {
      const channel = this.#channels[lane % this.#channels.length] as SendChannel;
      return new SendLane((body, deadline) => this.#deliver(channel, lane, body, deadline), config.maxMessageBytes, this.#encoding);
    });
  }

  get queues(): number {
    return this.#lanes.length;
  }

  problem(message: OutgoingMessage): string | undefined {
    return this.#encoding.problem(message, this.#config.maxMessageBytes ?? MAX_BODY_BYTES);
  }

  async send(queue: number, messages: MessageList, deadline: number): Promise<void> {
    const lane = this.#lanes[queue];
    if (lane === undefined) throw new ConnectError('INTERNAL', `lane ${queue} to topic ${this.#topic}, which has ${this.queues}`);
    await lane.send(messages, deadline);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const channel of this.#channels) channel.close();
    await this.#client.close();
  }

  #deliver(channel: SendChannel, lane: number, body: Buffer, deadline: number): Promise<void> {
    const place = { proxy: channel.endpoints.facade, lane };
    return deliver({
      attempt: () => this.#attempt(channel, place, body, deadline),
      beforeRepeat: async () => {},
      deadline,
      closing: this.#closing.signal,
      logger: this.#logger,
      place,
    });
  }

  async #attempt(
    channel: SendChannel,
    place: { readonly proxy: string; readonly lane: number },
    body: Buffer,
    deadline: number,
  ): Promise<void> {
    if (deadline <= Date.now()) throw new ConnectError('TIMEOUT', `no time left to send to topic ${this.#topic}`, { retriable: true });
    const answer = await channel.send(body, this.#timeoutMs(deadline)).catch(async (error) => {
      const late = error instanceof Unanswered ? await this.#lateAnswer(error as Unanswered<Answer>, channel, place, deadline) : undefined;
      if (late === undefined) throw error;
      return late;
    });
    requireOk(answer, { address: place.proxy, topic: this.#topic, delivery: this.#config });
  }

  /** Waits for a late answer: what is sent next must not come before an attempt that is stored late. */
  #lateAnswer(
    unanswered: Unanswered<Answer>,
    channel: SendChannel,
    place: { readonly proxy: string; readonly lane: number },
    deadline: number,
  ): Promise<Answer | undefined> {
    this.#logger.warn('RocketMQ did not answer in time; waiting for it', { ...place, reason: unanswered.message });
    const isAlive = () =>
      this.#client.route(this.#topic, this.#timeoutMs(deadline), channel.endpoints).then(
        () => true,
        () => false,
      );
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(Math.ceil(Math.max(deadline - Date.now(), 0)))]);
    return lateAnswer(unanswered, { isAlive, patienceMs: this.#config.requestTimeoutMs, signal });
  }

  #timeoutMs(deadline: number): number {
    return Math.min(this.#config.requestTimeoutMs, Math.max(deadline - Date.now(), 1));
  }
}
