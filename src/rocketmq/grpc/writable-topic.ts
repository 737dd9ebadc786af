import { Endpoints } from 'rocketmq-client-nodejs';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import service from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';
import { ConnectError } from '../../api/index.ts';
import { fullTopic } from '../full-topic.ts';
import { kindOf } from '../topic-kind.ts';
import type { RocketmqConfig, SpecialTopic } from '../types.ts';
import type { GrpcClient } from './grpc-client.ts';
import { SendChannel } from './send-channel.ts';
import { requireOk } from './status-error.ts';

/** A topic that this configuration may write to. */
export interface WritableTopic {
  /** With its namespace. */
  readonly name: string;
  /** Absent: plain messages. */
  readonly type?: SpecialTopic;
  /** The proxies that lead to its queues, each once. */
  readonly endpoints: readonly Endpoints[];
}

const { Code, MessageType, Permission } = definition;
/** A proxy says of such a topic that it takes messages of each type. */
const MIXED = 'MIXED';
const WRITABLE: ReadonlySet<number> = new Set([Permission.WRITE, Permission.READ_WRITE]);

/**
 * Makes sure that the topic can be written with this configuration. Throws ConnectError UNREACHABLE, TLS_FAILED, TIMEOUT, AUTH_FAILED,
 * NOT_FOUND, WRONG_KIND or FORBIDDEN within `ms` for each of two questions. Stores nothing.
 */
export async function writableTopic(client: GrpcClient, config: RocketmqConfig, ms: number): Promise<WritableTopic> {
  const name = fullTopic(config);
  const route = await client.route(name, ms);
  const status = route.getStatus();
  const address = config.endpoints;
  requireOk({ code: status?.getCode() ?? 0, message: status?.getMessage() ?? '' }, { address, topic: name });
  const queues = route.getMessageQueuesList().filter((queue) => WRITABLE.has(queue.getPermission()));
  if (queues.length === 0) {
    throw new ConnectError('FORBIDDEN', `rocketmq.topic: topic ${name} has no queue that may be written`, {
      remedy: `allow it: mqadmin updateTopicPerm -n <name server> -c <cluster> -t ${name} -p 6`,
    });
  }
  const type = typeOf(new Set(queues.flatMap((queue) => queue.getAcceptMessageTypesList())), config, name);
  const endpoints = new Map<string, Endpoints>();
  for (const queue of queues) {
    const given = queue.getBroker()?.getEndpoints()?.toObject();
    if (given === undefined) continue;
    const one = new Endpoints(given);
    endpoints.set(one.facade, one);
  }
  const topic = { name, ...(type !== undefined && { type }), endpoints: [...endpoints.values()] };
  await requirePermission(client, topic, ms);
  return topic;
}

function typeOf(accepted: ReadonlySet<number>, config: RocketmqConfig, name: string): SpecialTopic | undefined {
  const names = Object.entries(MessageType).filter(([, value]) => accepted.has(Number(value)));
  const type = names.length > 1 ? MIXED : names[0]?.[0];
  const kind = kindOf(type, config, name);
  if (kind !== undefined || config.order === 'none' || config.plainOnly === true) return kind;
  // Such a topic takes messages of every type. Only those with a group keep their order.
  if (type === MIXED) return 'FIFO';
  throw new ConnectError(
    'WRONG_KIND',
    `rocketmq.order: over gRPC, RocketMQ keeps no order in topic ${name}, which is of message type NORMAL`,
    {
      remedy: 'set rocketmq.order to none, name a topic of message type FIFO, or use a remoting port (rocketmq.protocol: remoting)',
    },
  );
}

/** A proxy looks at the permission first, and then refuses a message without a body. */
async function requirePermission(client: GrpcClient, { name, endpoints }: WritableTopic, ms: number): Promise<void> {
  const [proxy] = endpoints;
  if (proxy === undefined) return;
  const message = new definition.Message().setTopic(new definition.Resource().setName(name));
  message.setSystemProperties(new definition.SystemProperties().setMessageType(MessageType.NORMAL));
  const channel = new SendChannel(client, proxy);
  try {
    const request = new service.SendMessageRequest().setMessagesList([message]);
    const answer = await channel.send(Buffer.from(request.serializeBinary()), ms);
    if (answer.code !== Code.MESSAGE_BODY_EMPTY) requireOk(answer, { address: proxy.facade, topic: name });
  } finally {
    channel.close();
  }
}
