import type { TaskConfig } from '../../../api/index.ts';
import { assignSticky, selectionMark } from '../../../kit/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import { protocolError } from '../protocol/errors/protocol-errors.ts';
import { partitionName, plannedPartition } from '../protocol/partition-name.ts';
import type { Topic } from '../protocol/topics.ts';
import { type KafkaTaskOptions, recreation, taskOptions } from './planned-topics.ts';

/**
 * Spreads all partitions of the topics over tasks: each topic's over all of them, and moving as few as possible from where
 * `previous` has them. Throws POSITION_LOST for a topic that is not the one that was planned before.
 */
export function splitPartitions(
  topics: readonly Topic[],
  maxTasks: number,
  previous: readonly TaskConfig[],
  { topicsPattern }: Pick<KafkaSourceConfig, 'topicsPattern'>,
): TaskConfig[] {
  const before = previousPlan(previous);
  for (const { name, id, error } of topics) {
    if (error !== undefined) throw protocolError(error, `topic ${name}`, 'source');
    const recreated = recreation(name, before.topicIds[name], id);
    if (recreated !== undefined) throw recreated;
  }
  const names = topics.flatMap(({ name: topic, leaders }) => Array.from(leaders, (_, partition) => partitionName({ topic, partition })));
  const assigned = assignSticky(
    dealt(names, Math.min(maxTasks, names.length)),
    maxTasks,
    previous.map(({ partitions }) => partitions),
  );
  const ids = new Map(topics.map(({ name, id }) => [name, id]));
  const counts = new Map(topics.map(({ name, leaders }) => [name, leaders.length]));
  const selection = topicsPattern === undefined ? {} : { selection: selectionMark(topics.map(({ name }) => name)) };
  // A pattern says that its topics are wanted before they exist; a topic that is added to a list starts where `startAt` says.
  const isLater = (name: string) =>
    before.addedLater.has(name) ||
    (previous.length > 0 &&
      !before.partitions.has(name) &&
      (topicsPattern !== undefined || before.topics.has(plannedPartition(name).topic)));
  return assigned.map((partitions, task) => {
    const own = new Set(partitions);
    const used = new Set(partitions.map((name) => plannedPartition(name).topic));
    const options: KafkaTaskOptions = {
      topicIds: Object.fromEntries([...used].flatMap((topic) => [[topic, ids.get(topic)]]).filter(([, id]) => id !== undefined)),
      // Known to one task each, so that a new partition or topic does not change all of them.
      partitionCounts: Object.fromEntries(
        [...used].filter((topic) => own.has(partitionName({ topic, partition: 0 }))).map((topic) => [topic, counts.get(topic) ?? 0]),
      ),
      ...(task === 0 && selection),
      addedLater: partitions.filter(isLater),
    };
    return { partitions, options: { ...options } };
  });
}

function previousPlan(previous: readonly TaskConfig[]) {
  const partitions = new Set(previous.flatMap((task) => task.partitions));
  return {
    partitions,
    topics: new Set([...partitions].map((name) => plannedPartition(name).topic)),
    topicIds: Object.assign({}, ...previous.map((task) => taskOptions(task).topicIds)) as Readonly<Record<string, string>>,
    addedLater: new Set(previous.flatMap((task) => taskOptions(task).addedLater)),
  };
}

/** The names as they are dealt to so many hands, hand by hand: assignment gives them out in runs. */
function dealt(names: readonly string[], hands: number): string[] {
  return [...Map.groupBy(names, (_name, index) => index % hands).values()].flat();
}
