import { setTimeout as sleep } from 'node:timers/promises';
import { credentials, Metadata } from '@grpc/grpc-js';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import grpc, { type MessagingServiceClient } from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_grpc_pb.js';
import service, { type QueryRouteResponse } from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';

const OK = 20_000;
const ASKED_LIMIT_MS = 5_000;

/**
 * Resolves when the proxy routes the topic to `queues` queues, or does not know it where that is 0. It may lag behind the name server.
 * Rejects after `timeoutMs`.
 */
export async function proxyRoutes(endpoints: string, topic: string, queues: number, timeoutMs = 60_000): Promise<void> {
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
      const found = response.getStatus()?.getCode() === OK ? response.getMessageQueuesList().length : 0;
      if (found === queues) return;
      answer = `${response.getStatus()?.getMessage()}, ${found} queues`;
    }
    throw new Error(`the proxy at ${endpoints} does not route topic ${topic} to ${queues} queues: ${answer}`);
  } finally {
    client.close();
  }
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
