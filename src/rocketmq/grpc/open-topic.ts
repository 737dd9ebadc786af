import { ConnectError } from '../../api/index.ts';
import { askInTurn } from '../ask-in-turn.ts';
import { fullTopic } from '../full-topic.ts';
import type { RocketmqConfig } from '../types.ts';
import { GrpcClient } from './grpc-client.ts';
import { type WritableTopic, writableTopic } from './writable-topic.ts';

/** A started client, which the caller has to close, and the topic that it may write to. */
export interface OpenTopic {
  readonly client: GrpcClient;
  readonly topic: WritableTopic;
}

/** Connects to one of the proxies, which are tried in turn, and makes sure that the topic can be written; see `writableTopic`. */
export function openTopic(config: RocketmqConfig): Promise<OpenTopic> {
  // grpc-js takes several addresses only where all are IP addresses, and the client for Node puts several names into one.
  return askInTurn(config.endpoints, config.requestTimeoutMs, (endpoints, ms) => openAt({ ...config, endpoints }, ms), isAnswer);
}

async function openAt(config: RocketmqConfig, ms: number): Promise<OpenTopic> {
  const client = new GrpcClient(config, fullTopic(config));
  try {
    const topic = await writableTopic(client, config, ms);
    await client.start(ms);
    return { client, topic };
  } catch (error) {
    await client.close();
    throw error;
  }
}

const isAnswer = (error: unknown): boolean => error instanceof ConnectError && error.code !== 'UNREACHABLE' && error.code !== 'TIMEOUT';
