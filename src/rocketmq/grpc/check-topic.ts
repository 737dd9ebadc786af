import { finding } from '../preflight.ts';
import type { CheckTopic } from '../types.ts';
import { openTopic } from './open-topic.ts';

/** See `CheckTopic`. It stores nothing, and ends within three times `requestTimeoutMs`. */
export const checkTopic: CheckTopic = async (config) => {
  try {
    const { client } = await openTopic(config);
    await client.close();
    return [];
  } catch (error) {
    return [finding(error)];
  }
};
