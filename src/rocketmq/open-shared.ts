import type { NamedTopics, RocketmqAccess } from './access.ts';
import { askInTurn } from './ask-in-turn.ts';
import { fullTopic } from './full-topic.ts';
import { GroupConsumer } from './group-consumer.ts';
import { GrpcConsumer } from './grpc/consumer/grpc-consumer.ts';
import type { SharedQueues, Sharing } from './shared-queues.ts';

/** A proxy that has just begun takes seconds for its first answers. */
const START_MS = 8_000;

/** See `QueuesModule`. */
export async function openShared(config: RocketmqAccess, { names }: NamedTopics, sharing: Sharing): Promise<SharedQueues> {
  const { tls, accessKey, secretKey, requestTimeoutMs } = config;
  const full = (name: string) => fullTopic({ ...config, topic: name });
  const common = { tls, accessKey, secretKey, requestTimeoutMs, group: full(sharing.group), topics: names.map(full) };
  const startMs = Math.max(START_MS, requestTimeoutMs);
  const consumer = await askInTurn(config.endpoints, startMs, (address, ms) =>
    GrpcConsumer.open({ ...common, address, filter: sharing.filter, invisibleMs: sharing.invisibleMs }, ms),
  );
  return new GroupConsumer(consumer, { ...sharing, topics: new Map(names.map((name) => [full(name), name])) });
}
