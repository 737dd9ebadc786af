import { openShared } from './open-shared.ts';
import { finding } from './preflight.ts';
import type { QueueChecks } from './types.ts';

/** See `QueueChecks`. It ends within its time limit: the client itself would wait for ever. */
export const checkShared: QueueChecks['checkShared'] = async (config, topics, sharing) => {
  try {
    const queues = await openShared(config, topics, sharing);
    await queues.close();
    return [];
  } catch (error) {
    const found = finding(error);
    return [found.option === 'rocketmq.topic' ? { ...found, option: topics.option } : found];
  }
};
