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
import { ProxySilence } from './proxy-silence.ts';
import { RequestProgress } from './request-progress.ts';
import { SendChannel } from './send-channel.ts';
import { requireOk } from './status-error.ts';
import type { WritableTopic } from './writable-topic.ts';

/** More requests in flight bring no throughput where each carries many messages. */
const LANES = 8;
/** Requests of one message each: a FIFO topic has as many groups in flight. */
const SINGLE_LANES = 64;

/** What a proxy that is away or stands still leads to. */
const NO_ANSWER_CODES: ReadonlySet<string> = new Set(['UNREACHABLE', 'TIMEOUT', 'TLS_FAILED', 'INTERRUPTED']);

/** Names a lane in the log. */
interface Place extends Readonly<Record<string, string | number>> {
  readonly proxy: string;
  readonly lane: number;
}

/** A proxy, and how long it has been silent. */
interface Proxy {
  readonly channel: SendChannel;
  readonly silence: ProxySilence;
  /** It aborts once nothing more is to be tried. */
  readonly ending: AbortSignal;
}

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
  readonly #proxies: readonly Proxy[];
  readonly #encoding: Encoding;
  readonly #lanes: readonly SendLane[];
  readonly #closing = new AbortController();
  #inFlightBytes = 0;

  /** The client, which is started, belongs to the producer from now on. */
  constructor(client: GrpcClient, config: RocketmqConfig, { name, type, endpoints }: WritableTopic, logger: Logger) {
    this.#client = client;
    this.#config = config;
    this.#topic = name;
    this.#logger = logger;
    if (type !== undefined) this.topicType = type;
    this.#proxies = endpoints.map((each) => {
      const silence = new ProxySilence(config.requestTimeoutMs);
      return { channel: new SendChannel(client, each), silence, ending: AbortSignal.any([this.#closing.signal, silence.signal]) };
    });
    this.#encoding = grpcEncoding(name, type);
    this.#lanes = Array.from({ length: type === undefined ? LANES : SINGLE_LANES }, (_, lane) => {
      const proxy = this.#proxies[lane % this.#proxies.length] as Proxy;
      return new SendLane((body, deadline) => this.#deliver(proxy, lane, body, deadline), config.maxMessageBytes, this.#encoding);
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
    for (const { channel } of this.#proxies) channel.close();
    await this.#client.close();
  }

  /** It rejects at the deadline, or sooner where the proxy has answered nothing for too long; see `ProxySilence`. */
  async #deliver(proxy: Proxy, lane: number, body: Buffer, deadline: number): Promise<void> {
    const place = { proxy: proxy.channel.endpoints.facade, lane };
    this.#inFlightBytes += body.length;
    const progress = new RequestProgress(() => this.#client.channels.sentBytes, this.#inFlightBytes);
    const options = {
      attempt: () => this.#attempt(proxy, place, body, progress, deadline),
      beforeRepeat: async () => {},
      deadline,
      closing: proxy.ending,
      logger: this.#logger,
      place,
    };
    await deliver(options).finally(() => {
      this.#inFlightBytes -= body.length;
      proxy.silence.leaves(progress);
    });
  }

  async #attempt(proxy: Proxy, place: Place, body: Buffer, progress: RequestProgress, deadline: number): Promise<void> {
    if (deadline <= Date.now()) throw new ConnectError('TIMEOUT', `no time left to send to topic ${this.#topic}`, { retriable: true });
    proxy.silence.asks(progress);
    const answer = await proxy.channel
      .send(body, this.#timeoutMs(deadline), () => progress.steps)
      .catch(async (error) => {
        if (!(error instanceof Unanswered)) {
          // Any other error is an answer, too, of a gateway for example that throttles.
          if (!(error instanceof ConnectError) || !NO_ANSWER_CODES.has(error.code)) proxy.silence.answers(progress);
          throw error;
        }
        const isAlive = () => this.#isAlive(proxy, deadline);
        const late = await this.#lateAnswer(error as Unanswered<Answer>, proxy, place, isAlive, deadline);
        if (late === undefined) throw error;
        return late;
      });
    proxy.silence.answers(progress);
    requireOk(answer, { address: place.proxy, topic: this.#topic, delivery: this.#config });
  }

  /** Waits for a late answer: what is sent next must not come before an attempt that is stored late. */
  #lateAnswer(
    unanswered: Unanswered<Answer>,
    { ending }: Proxy,
    place: Place,
    isAlive: () => Promise<boolean>,
    deadline: number,
  ): Promise<Answer | undefined> {
    this.#logger.warn('RocketMQ did not answer in time; waiting for it', { ...place, reason: unanswered.message });
    const signal = AbortSignal.any([ending, AbortSignal.timeout(Math.ceil(Math.max(deadline - Date.now(), 0)))]);
    return lateAnswer(unanswered, { isAlive, patienceMs: this.#config.requestTimeoutMs, signal });
  }

  /** Whether the proxy answers anything at all. */
  async #isAlive({ channel, silence }: Proxy, deadline: number): Promise<boolean> {
    try {
      await this.#client.route(this.#topic, this.#timeoutMs(deadline), channel.endpoints);
      silence.lives();
      return true;
    } catch {
      return false;
    }
  }

  #timeoutMs(deadline: number): number {
    return Math.min(this.#config.requestTimeoutMs, Math.max(deadline - Date.now(), 1));
  }
}
