import type { TaskConfig } from '../../api/index.ts';

/** What the plan tells a task besides its partitions; `options` of its task config. */
export interface KafkaTaskOptions {
  /** Ids of its topics when they were first planned: another id under the name is another topic. */
  readonly topicIds: Readonly<Record<string, string>>;
  /** Partitions that came after the first plan: none of their records may be missed, whatever `startAt` says. */
  readonly addedLater: readonly string[];
}

export function taskOptions({ options }: TaskConfig): KafkaTaskOptions {
  return { topicIds: {}, addedLater: [], ...options };
}
