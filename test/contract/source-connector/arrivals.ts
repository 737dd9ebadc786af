import type { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StoredMessage } from '../../../src/rocketmq/stored-message.ts';
import type { SourceHarness } from '../harness/source-harness.ts';
import { numberOf } from './numbered.ts';

export interface Arrival {
  readonly number: number;
  /** The deterministic key. */
  readonly key: string;
}

/** The first of a message's keys, and the partition that it names; safe names are in it as they are. */
export function sourceOf({ properties }: StoredMessage): { key: string; partition: string } {
  const [key = ''] = (properties.get('KEYS') ?? '').split(' ');
  const partition = /^[^/]+\/(.+)\/[^/]+$/.exec(key)?.[1];
  if (partition === undefined) throw new Error(`a message without a deterministic key: ${key}`);
  return { key, partition };
}

/** Numbered messages that the topic holds, by source partition, in the order of their queue. */
export async function arrivals(admin: RocketmqAdmin, topic: string, { readMessage }: SourceHarness): Promise<Map<string, Arrival[]>> {
  const byPartition = new Map<string, Arrival[]>();
  for (const messages of await admin.readTopic(topic)) {
    for (const message of messages) {
      const source = sourceOf(message);
      const { partition, value } = readMessage?.(message.body) ?? { partition: source.partition, value: message.body };
      const arrived = byPartition.get(partition) ?? [];
      arrived.push({ number: numberOf(value), key: source.key });
      byPartition.set(partition, arrived);
    }
  }
  return byPartition;
}
