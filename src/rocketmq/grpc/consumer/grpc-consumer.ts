import { type Endpoints, FilterExpression, type MessageQueue } from 'rocketmq-client-nodejs';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import { ConnectError, silentLogger } from '../../../api/index.ts';
import { type TlsConfig, untilAborted, withPatience } from '../../../kit/index.ts';
import type { Method } from '../client/grpc-channels.ts';
import { grpcCredentials } from '../client/grpc-credentials.ts';
import { ACKNOWLEDGE, refusedHandles } from './ack-call.ts';
import { type Asked, grpcError } from './grpc-error.ts';
import { handleAfter, SET_INVISIBLE } from './invisible-call.ts';
import { type Heard, receiveOnce } from './receive-call.ts';
import { roundTrips } from './round-trips.ts';
import { SharedClient } from './shared-client.ts';
import type { AckEntry, WireMessage } from './wire.ts';

/** The client refuses a shorter time limit. */
const LEAST_TIMEOUT_MS = 1_000;
/** A proxy refuses to receive for a shorter time, and holds an empty receive as long. */
const POLL_MS = 5_000;

export interface ConsumerConfig {
  /** `host:port` of a proxy's gRPC port. */
  readonly address: string;
  readonly tls: boolean | TlsConfig;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly requestTimeoutMs: number;
  /** Group and topics with their namespace. */
  readonly group: string;
  readonly topics: readonly string[];
  readonly filter?: { readonly tags: readonly string[] } | { readonly sql: string } | undefined;
  /** How long a message that was received is invisible to others, ms. */
  readonly invisibleMs: number;
}

/** A message, and where an answer to it goes. */
export interface Received {
  /** With its namespace. */
  readonly topic: string;
  readonly broker: string;
  readonly wire: WireMessage;
  readonly endpoints: Endpoints;
}

/** One broker's queues of one topic: a receive names a queue, and the proxy gives messages of all that its broker has. */
interface Place {
  readonly topic: string;
  readonly queue: MessageQueue;
}

/** Receives the messages of topics as one consumer of a group. It lives as long as a run. */
export class GrpcConsumer {
  readonly #config: ConsumerConfig;
  readonly #client: SharedClient;
  readonly #filter: FilterExpression;
  readonly #places: Place[] = [];
  /** By the proxy. */
  readonly #heard = new Map<string, Heard>();

  private constructor(config: ConsumerConfig) {
    this.#config = config;
    const { address, group, topics, accessKey = '', secretKey = '' } = config;
    this.#filter = expressionOf(config.filter);
    this.#client = new SharedClient(
      {
        endpoints: address,
        namespace: '',
        consumerGroup: group,
        subscriptions: new Map(topics.map((topic) => [topic, this.#filter])),
        awaitDuration: POLL_MS,
        requestTimeout: Math.max(LEAST_TIMEOUT_MS, config.requestTimeoutMs),
        logger: silentLogger,
        ...(accessKey !== '' && { sessionCredentials: { accessKey, accessSecret: secretKey } }),
      },
      grpcCredentials(config.tls),
    );
  }

  /** Starts the client within `ms`. Rejects with a ConnectError that names the option. */
  static async open(config: ConsumerConfig, ms: number): Promise<GrpcConsumer> {
    const consumer = new GrpcConsumer(config);
    try {
      await consumer.#start(ms);
      return consumer;
    } catch (error) {
      await consumer.close();
      throw error;
    }
  }

  /** True where a queue gives its next message only after the one before is acknowledged. */
  get isFifo(): boolean {
    return this.#client.isFifo;
  }

  /** One for each broker and topic; at least one. */
  get places(): number {
    return this.#places.length;
  }

  /** Messages that have come so far, also those of answers that are not whole yet. */
  get arrived(): number {
    return [...this.#heard.values()].reduce((sum, { messages }) => sum + messages, 0);
  }

  /**
   * Receives up to `most` messages, 32 at most, from one of `places`. Resolves with none after 5 s, or once the signal is aborted. RocketMQ
   * does not learn that a receive has ended by the signal: what comes within its 5 s goes to it, and is given to others three seconds later.
   */
  async receive(place: number, most: number, signal: AbortSignal): Promise<Received[]> {
    const { topic, queue } = this.#places[place % this.#places.length] as Place;
    const { endpoints, name: broker } = queue.broker;
    const { invisibleMs, requestTimeoutMs } = this.#config;
    try {
      const messages = await receiveOnce({
        client: this.#client.channels.stub(endpoints),
        request: this.#client.receiveRequest(most, queue, this.#filter, invisibleMs, POLL_MS),
        metadata: this.#client.getRequestMetadata(),
        deadline: Date.now() + POLL_MS + Math.max(requestTimeoutMs, invisibleMs),
        silenceMs: POLL_MS + requestTimeoutMs,
        heard: this.#heardOf(endpoints),
        signal,
        restMs: requestTimeoutMs,
      });
      return messages.map((wire) => ({ topic, broker, wire, endpoints }));
    } catch (error) {
      throw grpcError(error, this.#asked(topic));
    }
  }

  /** Resolves when each proxy has answered several small requests; see `round-trips.ts`. A proxy answers them without its brokers. */
  async roundTrips(): Promise<void> {
    const proxies = new Map(this.#places.map(({ topic, queue }) => [queue.broker.endpoints.facade, { topic, ...queue.broker }]));
    const ask = async ({ topic, endpoints }: { readonly topic: string; readonly endpoints: Endpoints }) => {
      try {
        await this.#client.roundTrip(endpoints);
      } catch (error) {
        throw grpcError(error, this.#asked(topic));
      }
    };
    await Promise.all([...proxies.values()].map((proxy) => roundTrips(() => ask(proxy))));
  }

  /** Acknowledges messages of one topic and one proxy. Resolves with the handles that RocketMQ no longer takes: those come again. */
  async acknowledge(topic: string, endpoints: Endpoints, entries: readonly AckEntry[]): Promise<ReadonlySet<string>> {
    const request = { group: resource(this.#config.group), topic: resource(topic), entries };
    return this.#ask(ACKNOWLEDGE, endpoints, request, topic, refusedHandles);
  }

  /** Lets the message come again `ms` from now. Resolves with its handle from then on; with undefined where it is on its way already. */
  async setInvisible(topic: string, endpoints: Endpoints, entry: AckEntry, ms: number): Promise<string | undefined> {
    const request = { group: resource(this.#config.group), topic: resource(topic), ...entry, ms };
    return this.#ask(SET_INVISIBLE, endpoints, request, topic, handleAfter);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  async #start(ms: number): Promise<void> {
    const { topics, address } = this.#config;
    const [first = ''] = topics;
    try {
      await withPatience(ms, (late) => untilAborted(this.#client.startup(), late));
      for (const topic of topics) this.#places.push(...(await this.#placesOf(topic)));
    } catch (error) {
      if (!(error instanceof ConnectError) || error.code !== 'INTERRUPTED') throw grpcError(error, this.#asked(first));
      throw new ConnectError('TIMEOUT', `rocketmq.endpoints: ${address} has not answered within ${ms} ms`, {
        retriable: true,
        remedy: 'check the load of RocketMQ and the network, or raise rocketmq.requestTimeoutMs',
      });
    }
  }

  #heardOf({ facade }: Endpoints): Heard {
    const heard = this.#heard.get(facade) ?? { parts: 0, messages: 0 };
    this.#heard.set(facade, heard);
    return heard;
  }

  async #placesOf(topic: string): Promise<Place[]> {
    const { messageQueues } = await this.#client.routeOf(topic);
    const readable = messageQueues.filter(({ permission }) => READABLE.has(permission));
    if (readable.length === 0) throw notReadable(topic);
    return [...Map.groupBy(readable, ({ broker }) => broker.name).values()].map(([queue]) => ({ topic, queue: queue as MessageQueue }));
  }

  /** Resolves with what `read` makes of the answer. */
  async #ask<Q, R, T>(method: Method<Q, R>, endpoints: Endpoints, request: Q, topic: string, read: (answer: R) => T): Promise<T> {
    try {
      return read(await this.#client.channels.ask(method, endpoints, request, this.#config.requestTimeoutMs));
    } catch (error) {
      throw grpcError(error, this.#asked(topic));
    }
  }

  #asked(topic: string): Asked {
    const { address, group } = this.#config;
    return { address, group, topic, tls: this.#client.tls };
  }
}

const READABLE: ReadonlySet<number> = new Set([definition.Permission.READ, definition.Permission.READ_WRITE]);

const notReadable = (topic: string): ConnectError =>
  new ConnectError('FORBIDDEN', `rocketmq.topic: topic ${topic} has no queue that may be read`, {
    remedy: `allow it: mqadmin updateTopicPerm -n <name server> -c <cluster> -t ${topic} -p 6`,
  });

function expressionOf(filter: ConsumerConfig['filter']): FilterExpression {
  if (filter === undefined) return new FilterExpression('*');
  return 'sql' in filter
    ? new FilterExpression(filter.sql, definition.FilterType.SQL)
    : new FilterExpression(filter.tags.join('||'), definition.FilterType.TAG);
}

const resource = (name: string): Uint8Array => new definition.Resource().setName(name).serializeBinary();
