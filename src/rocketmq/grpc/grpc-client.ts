import { setTimeout as sleep } from 'node:timers/promises';
import { type Endpoints, Producer, type ProducerOptions } from 'rocketmq-client-nodejs';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import service from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';
import { silentLogger } from '../../api/index.ts';
import { untilAborted, withPatience } from '../../kit/index.ts';
import { requireInternals } from '../../kit/vendor-internals.ts';
import type { RocketmqAccess } from '../access.ts';
import { noAnswer } from '../remoting/connection-error.ts';
import { clientInternals } from './client/client-internals.ts';
import { farewell } from './client/farewell.ts';
import { GrpcChannels } from './client/grpc-channels.ts';
import { grpcCredentials } from './client/grpc-credentials.ts';
import { correctIpv6 } from './client/ipv6-endpoints.ts';
import { transportError } from './client/transport-error.ts';

/** The client refuses shorter limits. */
const LEAST_MS = 1_000;

/** RocketMQ's own client as a producer of one topic. It brings routes, signatures and settings; messages are sent by its channels. */
export class GrpcClient extends Producer {
  readonly channels: GrpcChannels;
  readonly tls: boolean;
  readonly #closing = new AbortController();

  /** `topic` has its namespace. Nothing is asked yet. */
  constructor(config: RocketmqAccess, topic: string) {
    super(clientOptions(config, topic));
    requireInternals(clientInternals, 'Client', this);
    requireInternals(clientInternals, 'Channels', this.rpcClientManager);
    correctIpv6(this.endpoints, config.endpoints);
    this.rpcClientManager.close();
    const secured = grpcCredentials(config.tls);
    this.tls = secured.tls;
    this.channels = new GrpcChannels(this, secured);
    Object.defineProperty(this, 'rpcClientManager', { value: this.channels });
  }

  /** Gets the settings of the proxies. Rejects with a ConnectError TIMEOUT where none come in `ms`: the client itself waits for ever. */
  async start(ms: number): Promise<void> {
    const started = this.startup();
    started.catch(() => {});
    await withPatience(ms, (late) => untilAborted(started, late)).catch((error: unknown) => {
      throw this.isRunning() ? error : noAnswer(this.endpoints.facade, ms);
    });
  }

  /** Asks a proxy for the queues of the topic. Rejects with a ConnectError where no answer comes; the answer may be a refusal. */
  async route(topic: string, ms: number, endpoints: Endpoints = this.endpoints): Promise<service.QueryRouteResponse> {
    const request = new service.QueryRouteRequest().setTopic(new definition.Resource().setName(topic)).setEndpoints(endpoints.toProtobuf());
    return this.channels.queryRoute(endpoints, request, ms).catch((error: unknown) => {
      throw transportError(error, { address: endpoints.facade, tls: this.tls });
    });
  }

  /** A start that was given up would go on, and set timers that nobody clears. */
  protected override async updateRoutes(): Promise<void> {
    await super.updateRoutes();
    if (!this.#closing.signal.aborted) return;
    this.topicRouteCache.clear();
    throw this.#closing.signal.reason;
  }

  protected override sleep(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#closing.signal });
  }

  /**
   * Ends all requests, and leaves no stream. Where a stream failed just before, the client's timer for the next one runs out within a
   * second and opens nothing.
   */
  async close(): Promise<void> {
    this.#closing.abort();
    await farewell(this.shutdown());
    this.channels.close();
  }
}

function clientOptions({ endpoints, requestTimeoutMs, accessKey, secretKey }: RocketmqAccess, topic: string): ProducerOptions {
  return {
    endpoints,
    namespace: '',
    topics: [topic],
    requestTimeout: Math.max(LEAST_MS, requestTimeoutMs),
    ...(accessKey !== undefined && secretKey !== undefined && { sessionCredentials: { accessKey, accessSecret: secretKey } }),
    // By default it writes files under the home directory.
    logger: silentLogger,
  };
}
