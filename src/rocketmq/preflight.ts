import { type Finding, toConnectError } from '../api/index.ts';
import { didYouMean } from '../kit/index.ts';
import { listTopics } from './list-topics.ts';
import type { RemotingClient } from './remoting/client.ts';
import { remotingClient } from './remoting-client.ts';
import { inspectTopic } from './topic-inspection.ts';
import type { CheckTopic, RocketmqConfig } from './types.ts';

/**
 * See `CheckTopic`. It stores nothing. It ends within `requestTimeoutMs`, or twice that where a topic is missing and the name server is
 * asked for one like it.
 */
export const checkTopic: CheckTopic = async (config) => {
  const client = remotingClient(config);
  try {
    await inspectTopic(client, config);
    return [];
  } catch (error) {
    return [await topicFinding(client, config, error)];
  } finally {
    client.close();
  }
};

/** Makes a finding of why a topic can't be used. Where it is not there, it names one like it. */
export async function topicFinding(client: RemotingClient, config: RocketmqConfig, error: unknown): Promise<Finding> {
  const found = finding(error);
  const near = found.code === 'NOT_FOUND' ? await nearTopic(client, config) : undefined;
  return near === undefined ? found : { ...found, remedy: `did you mean ${near}? Else ${found.remedy}` };
}

/** Makes a finding of an error. Messages of this folder begin with the option that they are about. */
export function finding(error: unknown): Finding {
  const { code, message, remedy = 'see the cause' } = toConnectError(error);
  const [, option = 'rocketmq', text = message] = /^(rocketmq\.\w+): (.*)$/.exec(message) ?? [];
  return { level: 'error', code, option, message: text, remedy };
}

/**
 * Finds the topic whose name comes nearest to one that is not there, in the same namespace. Resolves with undefined where none is near, or
 * the name server does not answer.
 */
async function nearTopic(client: RemotingClient, config: RocketmqConfig): Promise<string | undefined> {
  try {
    return didYouMean(config.topic, await listTopics(client, config));
  } catch {
    return undefined;
  }
}
