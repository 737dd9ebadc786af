import type { Position, TaskConfig } from '../../../api/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { plannedPartition } from '../protocol/partition-name.ts';
import { LATEST } from '../protocol/topics.ts';
import { PlannedTopics, taskOptions } from './planned-topics.ts';

/**
 * Names the partitions that do not stand at their ends, and how many offsets are left, with one request to each leader. An end before the
 * position counts, too: the run says that records were lost. With `read_committed` the end is the first offset of a transaction that is
 * still open, as it is for a run.
 */
export async function pendingPartitions(
  client: KafkaClient,
  { isolation }: Pick<KafkaSourceConfig, 'isolation'>,
  split: readonly TaskConfig[],
  positions: ReadonlyMap<string, Position>,
): Promise<ReadonlyMap<string, number | undefined>> {
  const names = split.flatMap(({ partitions }) => partitions);
  const topicIds = Object.assign({}, ...split.map((config) => taskOptions(config).topicIds));
  const problems = await new PlannedTopics(client, { partitions: names, options: { topicIds } }).describe(false);
  const isReadable = (name: string) => positions.has(name) && !problems.has(plannedPartition(name).topic);
  const queries = names.filter(isReadable).map((name) => ({ ...plannedPartition(name), at: LATEST }));
  const ends = await client.offsetAnswers(queries, isolation === 'read_committed');
  const pending = new Map<string, number | undefined>();
  for (const name of names) {
    const ahead = isReadable(name) ? Number(ends.get(name)) - Number(positions.get(name)) : Number.NaN;
    if (ahead !== 0) pending.set(name, ahead > 0 ? ahead : undefined);
  }
  return pending;
}
