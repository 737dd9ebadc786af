import { ConnectError, type SourceTaskContext } from '../../../api/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import { routeOf } from '../config/routes.ts';
import { taskOptions } from '../plan/planned-topics.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { partitionName, plannedPartition } from '../protocol/partition-name.ts';
import { EARLIEST, LATEST } from '../protocol/topics.ts';
import { PartitionReader } from './partition-reader.ts';

export interface OpenedReaders {
  readonly readers: readonly PartitionReader[];
  /** Why the other partitions of the task can't be read. */
  readonly problems: ReadonlyMap<string, ConnectError>;
}

/**
 * A reader for each partition of the task, at its position or, where it has none, where the configuration says. `topicProblems`:
 * topics that can't be read; all others must be known to the client.
 */
export async function openReaders(
  { config, positions, taskConfig }: Pick<SourceTaskContext<KafkaSourceConfig>, 'config' | 'positions' | 'taskConfig'>,
  client: KafkaClient,
  topicProblems: ReadonlyMap<string, ConnectError>,
): Promise<OpenedReaders> {
  const problems = new Map<string, ConnectError>();
  for (const name of taskConfig.partitions) {
    const problem = topicProblems.get(plannedPartition(name).topic);
    if (problem !== undefined) problems.set(name, problem);
  }
  const partitions = taskConfig.partitions.filter((name) => !problems.has(name));
  const unread = partitions.filter((name) => !positions.has(name));
  const starts = await startPositions(client, config, unread, taskOptions(taskConfig).addedLater);
  const readers = partitions.flatMap((name) => {
    const stored = positions.get(name);
    const position = stored === undefined ? starts.get(name) : Number(stored);
    if (position instanceof ConnectError) problems.set(name, position);
    if (typeof position !== 'number') return [];
    const partition = plannedPartition(name);
    return [new PartitionReader(partition, position, stored !== undefined, routeOf(config, partition.topic))];
  });
  return { readers, problems };
}

/**
 * Where partitions begin that have no position, by name; an error where one could not be asked. Their topics must be known to the
 * client. Throws where no broker can be asked.
 */
async function startPositions(
  client: KafkaClient,
  config: KafkaSourceConfig,
  partitions: readonly string[],
  addedLater: readonly string[],
): Promise<Map<string, number | ConnectError>> {
  const later = new Set(addedLater);
  const starts = partitions.map((name) => ({ name, start: startOf(config.startAt, name, later.has(name)) }));
  const given = starts.flatMap(({ name, start }) =>
    typeof start === 'object' && 'offset' in start ? [[name, start.offset] as const] : [],
  );
  const queries = starts.flatMap(({ name, start }) => {
    if (typeof start === 'string') return [{ ...plannedPartition(name), at: start === 'earliest' ? EARLIEST : LATEST }];
    return 'timestamp' in start ? [{ ...plannedPartition(name), at: start.timestamp }] : [];
  });
  const committedOnly = config.isolation === 'read_committed';
  const found = await client.offsetAnswers(queries, committedOnly);
  // Kafka has no record as late as the time that was asked for: all that comes is later.
  const tooLate = queries.filter((query) => found.get(partitionName(query)) === undefined).map((query) => ({ ...query, at: LATEST }));
  const ends = await client.offsetAnswers(tooLate, committedOnly);
  return new Map([...given, ...found, ...ends].flatMap(([name, offset]) => (offset === undefined ? [] : [[name, offset] as const])));
}

/** What a partition that was never read starts at. */
type Start = 'earliest' | 'latest' | { readonly timestamp: number } | { readonly offset: number };

/** `addedLater`: the partition came to its topic after the connector was first planned. */
export function startOf(startAt: KafkaSourceConfig['startAt'], partition: string, addedLater: boolean): Start {
  if (typeof startAt === 'string') return addedLater ? 'earliest' : startAt;
  if ('timestamp' in startAt) return { timestamp: new Date(startAt.timestamp).getTime() };
  const offset = startAt.offsets[partition];
  return offset === undefined ? 'earliest' : { offset: Number(offset) };
}

/**
 * What to do with a partition whose position Kafka does not have (any more): moves the reader to where it goes on, and says so by
 * `notify`, or throws POSITION_LOST.
 */
export function outOfRangePolicy(
  client: KafkaClient,
  { onOffsetOutOfRange: policy, isolation }: Pick<KafkaSourceConfig, 'onOffsetOutOfRange' | 'isolation'>,
  notify: (notice: string) => void,
): (reader: PartitionReader) => Promise<void> {
  return async (reader) => {
    const { name, topic, partition, fetchOffset } = reader;
    const ask = async (at: number) => (await client.listOffsets([{ topic, partition, at }], isolation === 'read_committed')).get(name) ?? 0;
    const [earliest, latest] = await Promise.all([ask(EARLIEST), ask(LATEST)]);
    const isGone = fetchOffset < earliest;
    if (policy === 'fail') {
      const why = isGone ? `${earliest - fetchOffset} offsets are gone` : 'that is beyond its end';
      throw new ConnectError(
        'POSITION_LOST',
        `partition ${name}: can't resume at offset ${fetchOffset}, Kafka has ${earliest}..${latest}: ${why}`,
        {
          remedy: isGone
            ? 'set source.onOffsetOutOfRange to earliest, to go on at the first record that is left, and apply'
            : 'name an offset that is there by `offsets alter`; or set source.onOffsetOutOfRange to earliest and apply, to copy all that the partition has now, also what was copied before',
        },
      );
    }
    const to = policy === 'earliest' ? earliest : latest;
    const passed = to > fetchOffset ? `${to - fetchOffset} offsets were passed` : `offsets from ${to} on may come again`;
    notify(`partition ${name}: Kafka has ${earliest}..${latest} and not offset ${fetchOffset}, goes on at ${to}: ${passed}`);
    reader.seek(to, latest);
  };
}
