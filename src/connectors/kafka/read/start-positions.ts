import type { ConnectError } from '../../../api/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { EARLIEST, LATEST } from '../protocol/list-offsets.ts';
import { partitionName, plannedPartition } from '../protocol/partition-name.ts';

/**
 * Where partitions begin that have no position, by name; an error where one could not be asked. Their topics must be known to the
 * client. Throws where no broker can be asked.
 */
export async function startPositions(
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
