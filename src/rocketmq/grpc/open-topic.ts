import { fullTopic } from '../full-topic.ts';
import type { RocketmqConfig } from '../types.ts';
import { GrpcClient } from './grpc-client.ts';
import { type WritableTopic, writableTopic } from './writable-topic.ts';

/** A started client, which the caller has to close, and the topic that it may write to. */
export interface OpenTopic {
  readonly client: GrpcClient;
  readonly topic: WritableTopic;
}

/** Connects, and makes sure that the topic can be written; see `writableTopic`. */
export async function openTopic(config: RocketmqConfig): Promise<OpenTopic> {
  const client = new GrpcClient(config, fullTopic(config));
  try {
    const topic = await writableTopic(client, config, config.requestTimeoutMs);
    await client.start(config.requestTimeoutMs);
    return { client, topic };
  } catch (error) {
    await client.close();
    throw error;
  }
}
