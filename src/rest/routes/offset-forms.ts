import type { Direction } from '../../api/index.ts';
import type { PartitionOffset } from '../../runtime/planner-api.ts';
import { RestError } from '../answers/rest-error.ts';

/** A partition and an offset as Kafka Connect's clients have them. A sink has the names that they know, and a broker besides. */
export interface ShownOffset {
  readonly partition: Readonly<Record<string, unknown>>;
  readonly offset: Readonly<Record<string, unknown>> | null;
}

/** `topic:broker:queue` */
const QUEUE = /^(.*):([^:]*):(\d+)$/;

/** Undefined for a partition that was never read. */
export function offsetShown({ partition, position }: PartitionOffset, direction: Direction): ShownOffset | undefined {
  if (position === undefined) return undefined;
  if (direction === 'source') return { partition: { partition }, offset: { position } };
  return { partition: queueShown(partition), offset: { kafka_offset: numberOf(position) } };
}

function queueShown(partition: string): Readonly<Record<string, unknown>> {
  const [, topic, broker, queue] = QUEUE.exec(partition) ?? [];
  return { kafka_topic: topic, kafka_partition: Number(queue), rocketmq_broker: broker };
}

/** The position of a queue is its offset, and behind `@` the time of the message before it. */
const numberOf = (position: string): number => Number(position.split('@')[0]);

/** Returns positions by partition, for the planner. `known`: where the partitions are. Throws 400, which names the entry. */
export function positionsOf(
  offsets: readonly ShownOffset[],
  direction: Direction,
  known: readonly PartitionOffset[],
): Readonly<Record<string, string | null>> {
  const before = new Map(known.map(({ partition, position }) => [partition, position]));
  const queues = direction === 'sink' ? known.map(({ partition }) => ({ partition, shown: queueShown(partition) })) : [];
  const positions = new Map<string, string | null>();
  for (const [index, { partition: given, offset }] of offsets.entries()) {
    const refuse = (what: string): never => {
      throw new RestError(400, `offsets[${index}]: ${what}`);
    };
    const partition = direction === 'source' ? given.partition : queueOf(given, queues, refuse);
    if (typeof partition !== 'string' || !before.has(partition)) {
      return refuse(`the connector has no partition ${JSON.stringify(given)}; name it as GET offsets does`);
    }
    if (positions.has(partition)) return refuse(`partition ${partition} is named twice`);
    positions.set(partition, offset === null ? null : positionOf(offset, direction, before.get(partition), refuse));
  }
  return Object.fromEntries(positions);
}

interface KnownQueue {
  readonly partition: string;
  readonly shown: ShownOffset['partition'];
}

/** A queue without its broker is found where only one broker has it. */
function queueOf(given: ShownOffset['partition'], known: readonly KnownQueue[], refuse: (what: string) => never): string | undefined {
  const { kafka_topic: topic, kafka_partition: queue, rocketmq_broker: broker } = given;
  const matching = known.filter(
    ({ shown }) =>
      shown.kafka_topic === topic &&
      shown.kafka_partition === wholeNumber(queue) &&
      (broker ?? shown.rocketmq_broker) === shown.rocketmq_broker,
  );
  if (matching.length > 1) refuse(`several brokers have queue ${String(queue)} of topic ${String(topic)}; add rocketmq_broker`);
  return matching[0]?.partition;
}

function positionOf(
  offset: Readonly<Record<string, unknown>>,
  direction: Direction,
  before: string | undefined,
  refuse: (what: string) => never,
): string {
  if (direction === 'source') {
    return typeof offset.position === 'string' ? offset.position : refuse('offset.position: a text is expected, as GET offsets shows it');
  }
  const number = wholeNumber(offset.kafka_offset);
  if (number === undefined) return refuse('offset.kafka_offset: a whole number is expected');
  // What does not change keeps what else the position says.
  return before !== undefined && numberOf(before) === number ? before : String(number);
}

/** Clients send numbers as texts, too. */
function wholeNumber(given: unknown): number | undefined {
  const number = typeof given === 'number' ? given : typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : Number.NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
