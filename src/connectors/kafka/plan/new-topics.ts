import type { SourceTaskContext } from '../../../api/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import { taskOptions } from '../config/task-options.ts';
import type { KafkaClient } from '../protocol/client.ts';

/** Whether the pattern selects other topics than when the plan was made. The first task looks for all of them. */
export async function newTopicsNotice(
  client: KafkaClient,
  { config, task, taskConfig }: Pick<SourceTaskContext<KafkaSourceConfig>, 'config' | 'task' | 'taskConfig'>,
): Promise<string[]> {
  const { selection } = taskOptions(taskConfig);
  if (task !== 0 || selection === undefined || config.topicsPattern === undefined) return [];
  const { selectTopics, selectionMark } = await import('./select-topics.ts');
  // A task that can't ask this now can still copy.
  const topics = await selectTopics(client, config).catch(() => undefined);
  if (topics === undefined || selectionMark(topics.map(({ name }) => name)) === selection) return [];
  return [
    'source.topicsPattern selects other topics than when the plan was made, and no task reads new ones: apply or replan the connector',
  ];
}
