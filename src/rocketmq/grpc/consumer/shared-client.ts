import type { ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import {
  type Endpoints,
  type FilterExpression,
  type MessageQueue,
  SimpleConsumer,
  type SimpleConsumerOptions,
  type TopicRouteData,
} from 'rocketmq-client-nodejs';
import type { Settings, Status } from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import type { ReceiveMessageRequest, TelemetryCommand } from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';
import { ConnectError } from '../../../api/index.ts';
import { requireInternals } from '../../../kit/vendor-internals.ts';
import { clientInternals } from '../client/client-internals.ts';
import { farewell } from '../client/farewell.ts';
import { GrpcChannels } from '../client/grpc-channels.ts';
import type { Secured } from '../client/grpc-credentials.ts';
import { correctIpv6 } from '../client/ipv6-endpoints.ts';
import { RefusedStatus } from './refused-status.ts';

type Telemetry = ClientDuplexStream<TelemetryCommand, TelemetryCommand>;

/**
 * RocketMQ's own consumer for the time of one run. It brings routes, settings and signatures. Its start ends with the first failure instead
 * of trying on for ever, and nothing of it lives on after its end: no timer, no stream.
 */
export class SharedClient extends SimpleConsumer {
  readonly channels: GrpcChannels;
  readonly tls: boolean;
  /** Messages of a group come in their order, each queue's next one only after the one before is acknowledged. Known after the start. */
  isFifo = false;
  readonly #streams = new Set<Telemetry>();
  readonly #failed = Promise.withResolvers<never>();
  #isOver = false;

  constructor(options: SimpleConsumerOptions, secured: Secured) {
    super(options);
    this.#failed.promise.catch(() => {});
    requireInternals(clientInternals, 'Client', this);
    requireInternals(clientInternals, 'SimpleConsumer', this);
    correctIpv6(this.endpoints, options.endpoints);
    this.rpcClientManager.close();
    this.tls = secured.tls;
    this.channels = new GrpcChannels(this, secured);
    Object.assign(this, { rpcClientManager: this.channels });
  }

  /** Rejects with the first thing that went wrong: of grpc-js, of the client, or a RefusedStatus. It may never settle. */
  override startup(): Promise<void> {
    return Promise.race([super.startup(), this.#failed.promise]);
  }

  /** Frees everything within about a second, whatever the start has come to. Never rejects. */
  async end(): Promise<void> {
    this.#isOver = true;
    await farewell(super.shutdown());
    for (const stream of this.#streams) stream.cancel();
    this.channels.close();
  }

  routeOf(topic: string): Promise<TopicRouteData> {
    return this.getRouteData(topic);
  }

  /** Resolves when the proxy has answered a small request. Rejects with a ConnectError, or with what grpc-js says. */
  async roundTrip(endpoints: Endpoints): Promise<void> {
    await this.channels.heartbeat(endpoints, this.wrapHeartbeatRequest(), this.requestTimeout);
  }

  /** Returns the request, serialized. */
  receiveRequest(most: number, queue: MessageQueue, filter: FilterExpression, invisibleMs: number, pollMs: number): Buffer {
    const request: ReceiveMessageRequest = this.wrapReceiveMessageRequest(most, queue, filter, invisibleMs, pollMs);
    return Buffer.from(request.serializeBinary());
  }

  override getRequestMetadata(): Metadata {
    return super.getRequestMetadata();
  }

  override onSettingsCommand(endpoints: Endpoints, settings: Settings): void {
    this.isFifo = settings.getSubscription()?.getFifo() === true;
    super.onSettingsCommand(endpoints, settings);
  }

  override onUnknownCommand(_endpoints: Endpoints, status: Status.AsObject | undefined): void {
    if (status !== undefined) this.#failed.reject(new RefusedStatus(status));
  }

  /** The client would open a stream that breaks again, for ever. A run ends sooner than it needs another one. */
  override createTelemetryStream(endpoints: Endpoints): Telemetry {
    const stream = super.createTelemetryStream(endpoints);
    this.#streams.add(stream);
    stream.on('error', (error) => this.#failed.reject(error));
    const session = {
      on: (event: string, listener: (command: TelemetryCommand) => void) => {
        if (event === 'data') stream.on('data', listener);
      },
      once: () => {},
      write: (command: TelemetryCommand) => stream.write(command),
      end: () => stream.end(),
      removeAllListeners: () => stream.removeAllListeners('data'),
    };
    return session as unknown as Telemetry;
  }

  protected override async updateRoutes(): Promise<void> {
    await super.updateRoutes().catch((error: unknown) => {
      this.#failed.reject(error);
      throw error;
    });
    // A start that was given up would go on, and set timers that nobody clears.
    if (this.#isOver) throw new ConnectError('INTERRUPTED', 'the consumer is closed', { retriable: true });
  }

  /** The client pauses before it tries its start again: it has failed by then. */
  protected override sleep(): Promise<void> {
    return this.#failed.promise;
  }
}
