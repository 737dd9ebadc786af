import { setTimeout as sleep } from 'node:timers/promises';
import { credentials, Metadata } from '@grpc/grpc-js';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import grpc, { type MessagingServiceClient } from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_grpc_pb.js';
import service, { type QueryRouteResponse } from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';

const OK = 20_000;
const ASKED_LIMIT_MS = 5_000;

/** What a proxy says of a topic. */
export interface ProxyRoute {
  /** 0 where there is no such topic. */
  readonly queues: number;
  /** Whether every queue may be written. */
  readonly isWritable: boolean;
}

/**
 * Resolves when the proxy routes the topic to `queues` queues, or does not know it where that is 0. It may lag behind the name server.
 * Rejects after `timeoutMs`.
 */
export function proxyRoutes(endpoints: string, topic: string, queues: number, timeoutMs = 60_000): Promise<void> {
  return proxyShows(endpoints, topic, { queues }, timeoutMs);
}

/** Resolves when the proxy says this of the topic. It may lag behind the name server. Rejects after `timeoutMs`. */
export async function proxyShows(endpoints: string, topic: string, wanted: Partial<ProxyRoute>, timeoutMs = 60_000): Promise<void> {
  const client = new grpc.MessagingServiceClient(endpoints, credentials.createInsecure());
  try {
    let answer = 'no answer';
    for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(100)) {
      // A busy proxy may be late with an answer, and the next one has it.
      const response = await queryRoute(client, endpoints, topic).catch((error: Error) => error.message);
      if (typeof response === 'string') {
        answer = response;
        continue;
      }
      const { queues, isWritable } = routeOf(response);
      if (queues === (wanted.queues ?? queues) && isWritable === (wanted.isWritable ?? isWritable)) return;
      answer = `${response.getStatus()?.getMessage()}, ${queues} queues${isWritable ? '' : ' that may not be written'}`;
    }
    throw new Error(`the proxy at ${endpoints} does not route topic ${topic} to ${wanted.queues ?? 'its'} queues: ${answer}`);
  } finally {
    client.close();
  }
}

function routeOf(response: QueryRouteResponse): ProxyRoute {
  if (response.getStatus()?.getCode() !== OK) return { queues: 0, isWritable: false };
  const queues = response.getMessageQueuesList();
  const { WRITE, READ_WRITE } = definition.Permission;
  return { queues: queues.length, isWritable: queues.every((queue) => [WRITE, READ_WRITE].some((each) => each === queue.getPermission())) };
}

function queryRoute(client: MessagingServiceClient, endpoints: string, topic: string): Promise<QueryRouteResponse> {
  const [host = '', port] = endpoints.split(':');
  const address = new definition.Address().setHost(host).setPort(Number(port));
  const target = new definition.Endpoints().setScheme(definition.AddressScheme.IPV4).setAddressesList([address]);
  const request = new service.QueryRouteRequest().setTopic(new definition.Resource().setName(topic)).setEndpoints(target);
  const metadata = new Metadata();
  metadata.set('x-mq-client-id', 'stack');
  metadata.set('x-mq-language', 'JAVA');
  metadata.set('x-mq-protocol', 'v2');
  return new Promise((resolve, reject) => {
    client.queryRoute(request, metadata, { deadline: Date.now() + ASKED_LIMIT_MS }, (error, response) =>
      error ? reject(error) : resolve(response),
    );
  });
}
