import { type Finding, toConnectError } from '../api/index.ts';
import { remotingClient } from './open-producer.ts';
import { inspectTopic } from './topic-inspection.ts';
import type { CheckTopic } from './types.ts';

/** See `CheckTopic`. Nothing is stored; ends within `requestTimeoutMs`. */
export const checkTopic: CheckTopic = async (config) => {
  const client = remotingClient(config);
  try {
    await inspectTopic(client, config);
    return [];
  } catch (error) {
    return [finding(error)];
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
