import type { Position, TaskConfig } from '../../../api/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { plannedPartition } from '../protocol/partition-name.ts';
import { LATEST } from '../protocol/topics.ts';
import { PlannedTopics, taskOptions } from './planned-topics.ts';

/**
 * Names the partitions that do not stand at their ends, with one request to each leader. An end before the position counts, too: the run
 * says that records were lost. With `read_committed` the end is the first offset of a transaction that is still open, as it is for a run.
 */
export async function pendingPartitions(
  client: KafkaClient,
  { isolation }: Pick<KafkaSourceConfig, 'isolation'>,
  split: readonly TaskConfig[],
  positions: ReadonlyMap<string, Position>,
): Promise<ReadonlySet<string>> {
  const names = split.flatMap(({ partitions }) => partitions);
  const topicIds = Object.assign({}, ...split.map((config) => taskOptions(config).topicIds));
  const problems = await new PlannedTopics(client, { partitions: names, options: { topicIds } }).describe(false);
  const isReadable = (name: string) => positions.has(name) && !problems.has(plannedPartition(name).topic);
  const queries = names.filter(isReadable).map((name) => ({ ...plannedPartition(name), at: LATEST }));
  const ends = await client.offsetAnswers(queries, isolation === 'read_committed');
  return new Set(names.filter((name) => !isReadable(name) || ends.get(name) !== Number(positions.get(name))));
}
