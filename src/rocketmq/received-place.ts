import type { Received } from './grpc/consumer/grpc-consumer.ts';

export interface NamedPlace {
  /** Without namespace. */
  readonly topic: string;
  readonly group: string;
}

/** By the kind of topic that a receipt handle names: between the group and the topic, in the name of the topic for retries. */
const RETRY_JOINTS: ReadonlyMap<string, string> = new Map([
  ['1', '_'],
  ['2', '+'],
]);

/**
 * Returns the name of the queue that a message was received from. RocketMQ moves one that comes again to the group's topic for retries, and
 * counts its offsets anew there; only its receipt handle tells. A handle of another form is one of a broker that shows none.
 */
export function receivedPlace({ wire, broker }: Pick<Received, 'wire' | 'broker'>, { topic, group }: NamedPlace): string {
  const [, , , , kind = '', named = ''] = wire.systemProperties?.receiptHandle.split(' ') ?? [];
  const joint = RETRY_JOINTS.get(kind);
  const stored = joint === undefined ? topic : `%RETRY%${group}${joint}${topic}`;
  return `${stored}:${named === '' ? broker : named}:${wire.systemProperties?.queueId ?? 0}`;
}
