import type { WayBack } from './comparison/source.ts';
import type { CopyOptions } from './copy.ts';
import type { MainJob } from './main-job.ts';

/** What one connector of the main job copies. `total` is the number of records, where it is known before. */
export interface Direction extends Pick<CopyOptions, 'name' | 'topic' | 'options' | 'changes'> {
  readonly example: URL;
  readonly total: number | undefined;
}

/** The connector that copies back has a name of its own. */
export const nameBack = (name: string): string => `${name}-back`;

export async function toRocketmq({ name, system, source, dataset }: MainJob): Promise<Direction> {
  const changes = (await source.changes?.(name, dataset)) ?? [];
  // The number of records that changes make is not known before.
  const total = changes.length === 0 ? dataset.rows : undefined;
  return { name, topic: name, example: system.example, options: source.options(name), changes, total };
}

export async function backToSystem({ name, system, rocketmq }: MainJob, back: WayBack): Promise<Direction> {
  if (system.sinkExample === undefined) throw new Error(`there is no sink to ${system.title}`);
  const options = await back.prepare();
  const queues = (await rocketmq.topicStats(name)) ?? [];
  const total = queues.reduce((sum, { min, max }) => sum + max - min, 0);
  return { name: nameBack(name), topic: name, example: system.sinkExample, options, changes: [], total };
}
