import type { ClientUnaryCall } from '@grpc/grpc-js';
import type { Endpoints } from 'rocketmq-client-nodejs';
import service, { type SendMessageResponse } from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';
import { ConnectError } from '../../api/index.ts';
import { silence } from '../../kit/index.ts';
import { Unanswered } from '../remoting/connection-error.ts';
import type { Answer } from './answer.ts';
import { transportError } from './client/transport-error.ts';
import type { GrpcClient } from './grpc-client.ts';

const PATH = '/apache.rocketmq.v2.MessagingService/SendMessage';

const asIs = (body: Buffer): Buffer => body;

/** Sends encoded requests to the proxy at one address. */
export class SendChannel {
  readonly endpoints: Endpoints;
  readonly #client: GrpcClient;
  readonly #calls = new Set<ClientUnaryCall>();
  #isClosed = false;

  constructor(client: GrpcClient, endpoints: Endpoints) {
    this.#client = client;
    this.endpoints = endpoints;
  }

  /**
   * Sends one request. Resolves with what became of its messages: a proxy stores all of them or none. Rejects with Unanswered where no
   * answer comes for `ms` in which `sign` stays the same, or with another ConnectError.
   */
  send(body: Buffer, ms: number, sign: () => unknown = () => undefined): Promise<Answer> {
    const address = this.endpoints.facade;
    if (this.#isClosed) return Promise.reject(new ConnectError('INTERRUPTED', 'the producer is closed', { retriable: true }));
    return new Promise((resolve, reject) => {
      const settled = Promise.withResolvers<Answer | undefined>();
      const metadata = this.#client.getRequestMetadata();
      // No deadline: a request that was given up may still be carried out, and what is sent next must not come before it.
      const call = this.#client.channels.stub(this.endpoints).makeUnaryRequest(
        PATH,
        asIs,
        (bytes) => service.SendMessageResponse.deserializeBinary(bytes),
        body,
        metadata,
        (error, response) => {
          inTime();
          this.#calls.delete(call);
          settled.resolve(error === null && response !== undefined ? answerOf(response) : undefined);
          if (error !== null) reject(transportError(error, { address, tls: this.#client.tls }));
          else resolve(answerOf(response as SendMessageResponse));
        },
      );
      this.#calls.add(call);
      const inTime = silence(ms, sign, () => reject(new Unanswered(address, ms, settled.promise, () => call.cancel())));
    });
  }

  /** Ends all requests. */
  close(): void {
    this.#isClosed = true;
    for (const call of this.#calls) call.cancel();
  }
}

/** The answer about the messages says more than the one about the request. */
function answerOf(response: SendMessageResponse): Answer {
  const status = response.getEntriesList()[0]?.getStatus() ?? response.getStatus();
  return { code: status?.getCode() ?? 0, message: status?.getMessage() ?? 'no status' };
}
