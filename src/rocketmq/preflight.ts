import { type Finding, toConnectError } from '../api/index.ts';
import { nearTopic } from './near-topic.ts';
import { remotingClient } from './open-producer.ts';
import { inspectTopic } from './topic-inspection.ts';
import type { CheckTopic } from './types.ts';

/** See `CheckTopic`. Nothing is stored; ends within `requestTimeoutMs`, or twice that where a topic is missing and the name server is asked for one like it. */
export const checkTopic: CheckTopic = async (config) => {
  const client = remotingClient(config);
  try {
    await inspectTopic(client, config);
    return [];
  } catch (error) {
    const found = finding(error);
    const near = found.code === 'NOT_FOUND' ? await nearTopic(client, config) : undefined;
    return [near === undefined ? found : { ...found, remedy: `did you mean ${near}? Else ${found.remedy}` }];
  } finally {
    client.close();
  }
};

/** Messages of this folder begin with the option they are about. */
function finding(error: unknown): Finding {
  const { code, message, remedy = 'see the cause' } = toConnectError(error);
  const [, option = 'rocketmq', text = message] = /^(rocketmq\.\w+): (.*)$/.exec(message) ?? [];
  return { level: 'error', code, option, message: text, remedy };
}
