import { Writable } from 'node:stream';
import type { ClientUnaryCall, Metadata, MethodDefinition } from '@grpc/grpc-js';
import type { BaseClient, Endpoints } from 'rocketmq-client-nodejs';
import grpc, { type MessagingServiceClient } from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_grpc_pb.js';
import { ConnectError } from '../../../api/index.ts';
import { patience } from '../../../kit/index.ts';
import { noAnswer } from '../../remoting/connection-error.ts';
import type { Secured } from './grpc-credentials.ts';
import { targetOf } from './ipv6-endpoints.ts';

type Telemetry = ReturnType<MessagingServiceClient['telemetry']>;
/** A request with one answer: its name in the service, and how both become bytes. */
export type Method<Request, Response> = Pick<MethodDefinition<Request, Response>, 'path' | 'requestSerialize' | 'responseDeserialize'>;

const { MessagingServiceService: service } = grpc;

const ignore = (): void => {};

/**
 * What a proxy may send before it hears that it has arrived. By HTTP/2's default, 64 KiB, one that is 100 ms away sends 320 kB/s at most. More
 * would keep small answers waiting behind messages where the network is slow.
 */
const WINDOW_BYTES = 256 * 1024;
/** Brokers may be told to take large messages. What is worth a repeat is repeated here. */
const OPTIONS = { 'grpc.max_receive_message_length': -1, 'grpc.enable_retries': 0, 'grpc-node.flow_control_window': WINDOW_BYTES };

/**
 * The connections of one client to its proxies, in place of the client's own: those take no certificates, and go on to connect after they
 * are closed. The client asks by them for routes, and sends heartbeats and settings.
 */
export class GrpcChannels {
  readonly #client: Pick<BaseClient, 'getRequestMetadata'>;
  readonly #secured: Secured;
  readonly #stubs = new Map<string, MessagingServiceClient>();
  /** The last stream to each proxy. Those before it have ended. */
  readonly #streams = new Map<string, Telemetry>();
  readonly #calls = new Set<ClientUnaryCall>();
  #isClosed = false;

  constructor(client: Pick<BaseClient, 'getRequestMetadata'>, secured: Secured) {
    this.#client = client;
    this.#secured = secured;
  }

  /** See `OwnConnections`. */
  get sentBytes(): number {
    return this.#secured.credentials.sentBytes;
  }

  /** Returns the connection to these endpoints, which opens with the first request. */
  stub(endpoints: Endpoints): MessagingServiceClient {
    const target = targetOf(endpoints);
    let stub = this.#stubs.get(target);
    if (stub === undefined) {
      const { credentials, options } = this.#secured;
      stub = new grpc.MessagingServiceClient(target, credentials, { ...OPTIONS, ...options });
      // What is asked after the end fails at once.
      if (this.#isClosed) stub.close();
      else this.#stubs.set(target, stub);
    }
    return stub;
  }

  queryRoute = this.#asker(service.queryRoute);
  heartbeat = this.#asker(service.heartbeat);
  notifyClientTermination = this.#asker(service.notifyClientTermination);

  /** Opens the stream of settings. The client opens it again a second after a failure, also when it has shut down by then. */
  telemetry(endpoints: Endpoints, metadata: Metadata): Telemetry {
    if (this.#isClosed) return new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() }) as unknown as Telemetry;
    const stream = this.stub(endpoints).telemetry(metadata);
    const { removeAllListeners } = stream;
    // The client takes its listeners away before the stream has ended, and an error that nobody listens to ends the process.
    stream.removeAllListeners = (event) => removeAllListeners.call(stream, event).off('error', ignore).on('error', ignore);
    this.#streams.set(endpoints.facade, stream);
    return stream;
  }

  /** Ends all requests and streams, which would outlive their connections' closing otherwise. Later requests are rejected. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams.values()) {
      // The client would wait a second and then open the stream again.
      stream.removeAllListeners();
      stream.cancel();
    }
    for (const call of this.#calls) call.cancel();
    for (const stub of this.#stubs.values()) stub.close();
    this.#secured.credentials.end();
    this.#streams.clear();
    this.#stubs.clear();
  }

  /** Asks once. Rejects with TIMEOUT after `ms`, with INTERRUPTED once the connections are closed, or with what grpc-js says. */
  ask<Request, Response>(method: Method<Request, Response>, endpoints: Endpoints, request: Request, ms: number): Promise<Response> {
    if (this.#isClosed) return Promise.reject(new ConnectError('INTERRUPTED', 'the connection is closed', { retriable: true }));
    return new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = method;
      const metadata = this.#client.getRequestMetadata();
      const done = (error: Error | null, response?: Response) => {
        inTime();
        this.#calls.delete(call);
        if (error === null) resolve(response as Response);
        else reject(error);
      };
      // Not by gRPC's own deadline, which runs out while this process itself is busy.
      const call = this.stub(endpoints).makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, done);
      this.#calls.add(call);
      const inTime = patience(ms, () => {
        reject(noAnswer(endpoints.facade, ms));
        call.cancel();
      });
    });
  }

  #asker<Request, Response>(method: Method<Request, Response>) {
    return (endpoints: Endpoints, request: Request, ms: number): Promise<Response> => this.ask(method, endpoints, request, ms);
  }
}
