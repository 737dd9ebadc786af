import { selectionMark, topicOfQueue } from '../../kit/index.ts';
import type { QueuesModule, TopicQueues } from '../../rocketmq/types.ts';
import type { Run } from '../run/run.ts';

type Config = Awaited<ReturnType<Run['secrets']['rocketmq']>>;

/** Notes what somebody has added and no plan has given to a task: queues of topics, and topics that a pattern selects. */
export async function noteUnplanned(run: Run, queues: TopicQueues, config: Config, rocketmq: QueuesModule): Promise<void> {
  const { planned, notices, item } = run;
  const { queues: counts = {}, selection } = planned.taskConfig.options ?? {};
  const now = Map.groupBy(queues.names, topicOfQueue);
  for (const [topic, planCounts] of Object.entries(counts as Readonly<Record<string, number>>)) {
    const missing = (now.get(topic)?.length ?? 0) - planCounts;
    if (missing <= 0) continue;
    notices.add(`${missing} queues of topic ${topic} are in no plan, and nothing reads them: rocketmq-connect replan ${item.connector}`);
  }
  if (typeof selection !== 'string' || (await selectedMark(run, config, rocketmq)) === selection) return;
  notices.add(
    `rocketmq.topicsPattern selects other topics than when the plan was made, and nothing reads new ones: rocketmq-connect replan ${item.connector}`,
  );
}

/** A task that can't ask this now can still copy. */
async function selectedMark({ planned, spec, deps }: Run, config: Config, { listTopics }: QueuesModule): Promise<string | undefined> {
  const { matchingTopics } = await import('../../config/matching-topics.ts');
  const listed = await listTopics(config, deps.clients).catch(() => undefined);
  if (listed === undefined) return planned.taskConfig.options?.selection as string;
  return selectionMark(matchingTopics(listed, config, spec.errors.deadLetterTopic));
}
