import type { ClientDuplexStream, Metadata, ServiceError } from '@grpc/grpc-js';
import type { Endpoints } from 'rocketmq-client-nodejs';
import service from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_grpc_pb.js';
import type * as pb from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';
import type { Secured } from './grpc-credentials.ts';

type Service = InstanceType<typeof service.MessagingServiceClient>;
type Call<Q, R> = (
  request: Q,
  metadata: Metadata,
  options: { deadline: number },
  done: (error: ServiceError | null, answer: R) => void,
) => unknown;

/** Small messages that come often are worth their memory; a broker may be told to take large ones. */
const OPTIONS = { 'grpc.max_receive_message_length': -1, 'grpc.enable_retries': 0 };

/**
 * A channel for each proxy, for all that one client asks. It stands in for the client's own manager, which has a timer, takes no
 * certificates, and shows its channels to nobody.
 */
export class Channels {
  readonly #secured: Secured;
  readonly #metadata: () => Metadata;
  readonly #clients = new Map<string, Service>();
  #isClosed = false;

  constructor(secured: Secured, metadata: () => Metadata) {
    this.#secured = secured;
    this.#metadata = metadata;
  }

  of({ facade }: Endpoints): Service {
    let client = this.#clients.get(facade);
    if (client === undefined) {
      const { credentials, options } = this.#secured;
      client = new service.MessagingServiceClient(facade, credentials, { ...OPTIONS, ...options });
      // What a client that was closed still asks fails at once.
      if (this.#isClosed) client.close();
      else this.#clients.set(facade, client);
    }
    return client;
  }

  queryRoute(at: Endpoints, request: pb.QueryRouteRequest, ms: number): Promise<pb.QueryRouteResponse> {
    const client = this.of(at);
    return this.#ask(client.queryRoute.bind(client) as Call<pb.QueryRouteRequest, pb.QueryRouteResponse>, request, ms);
  }

  heartbeat(at: Endpoints, request: pb.HeartbeatRequest, ms: number): Promise<pb.HeartbeatResponse> {
    const client = this.of(at);
    return this.#ask(client.heartbeat.bind(client) as Call<pb.HeartbeatRequest, pb.HeartbeatResponse>, request, ms);
  }

  notifyClientTermination(
    at: Endpoints,
    request: pb.NotifyClientTerminationRequest,
    ms: number,
  ): Promise<pb.NotifyClientTerminationResponse> {
    const client = this.of(at);
    const call = client.notifyClientTermination.bind(client);
    return this.#ask(call as Call<pb.NotifyClientTerminationRequest, pb.NotifyClientTerminationResponse>, request, ms);
  }

  telemetry(at: Endpoints, metadata: Metadata): ClientDuplexStream<pb.TelemetryCommand, pb.TelemetryCommand> {
    return this.of(at).telemetry(metadata);
  }

  close(): void {
    this.#isClosed = true;
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #ask<Q, R>(call: Call<Q, R>, request: Q, ms: number): Promise<R> {
    return new Promise((resolve, reject) => {
      call(request, this.#metadata(), { deadline: Date.now() + ms }, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }
}
