import type { TaskConfig } from '../../../api/index.ts';

/** What the plan tells a task besides its partitions; `options` of its task config. */
export interface KafkaTaskOptions {
  /** Ids of its topics when they were first planned: another id under the name is another topic. */
  readonly topicIds: Readonly<Record<string, string>>;
  /** How many partitions a topic had when it was planned: further ones are read by no task. Told to the task that has its partition 0. */
  readonly partitionCounts: Readonly<Record<string, number>>;
  /** Stands for the names of all topics that a pattern selected: see `selectionMark`. Told to the first task; absent where topics are listed. */
  readonly selection?: string;
  /** Partitions that came after the first plan: none of their records may be missed, whatever `startAt` says. */
  readonly addedLater: readonly string[];
}

export function taskOptions({ options }: TaskConfig): KafkaTaskOptions {
  return { topicIds: {}, partitionCounts: {}, addedLater: [], ...options };
}
