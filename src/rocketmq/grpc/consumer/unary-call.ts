import type { Client, Metadata } from '@grpc/grpc-js';

export interface UnaryCall {
  readonly client: Client;
  readonly metadata: Metadata;
  /** ms since 1970. */
  readonly deadline: number;
}

/** What a method is called, and how its messages become bytes. */
export interface Method<Q, R> {
  readonly name: string;
  readonly encode: (request: Q) => Buffer;
  readonly decode: (bytes: Uint8Array) => R;
}

/** Asks once. Rejects with what grpc-js says. */
export function askOnce<Q, R>({ name, encode, decode }: Method<Q, R>, request: Q, { client, metadata, deadline }: UnaryCall): Promise<R> {
  const path = `/apache.rocketmq.v2.MessagingService/${name}`;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, encode, decode, request, metadata, { deadline }, (error, answer) =>
      error === null && answer !== undefined ? resolve(answer) : reject(error),
    );
  });
}
