import { ConnectError, type TaskConfig } from '../../api/index.ts';

/** Queues of the second broker begin with this number. No broker has as many. */
const STEP = 100_000;

/**
 * The brokers in the order of their numbers, which they keep: what comes later is put behind, and what has gone keeps its place. So a
 * number never means another queue, and a function may tell repeats by partition and offset.
 */
export function numberBrokers(queues: readonly string[], previous: readonly TaskConfig[]): string[] {
  const before = previous.map(({ options }) => options?.brokers).find((brokers) => Array.isArray(brokers)) ?? [];
  return [...new Set<string>([...before, ...queues.map((queue) => parts(queue).broker).sort()])];
}

/** The number of a queue as Kafka's partitions have one: of the first broker the queue's own, 3; of the second one 100003. */
export function partitionNumber(queue: string, brokers: readonly string[]): number {
  const { broker, number } = parts(queue);
  const index = brokers.indexOf(broker);
  if (index === -1)
    throw new ConnectError('INTERNAL', `no plan has numbered broker ${broker}`, { remedy: 'apply the connector file again' });
  return index * STEP + number;
}

/** Of `topic:broker:queue`. */
function parts(queue: string): { readonly broker: string; readonly number: number } {
  const [, broker = '', number] = /^[^:]+:(.+):(\d+)$/.exec(queue) ?? [];
  return { broker, number: Number(number) };
}
