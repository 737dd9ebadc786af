import { type Finding, toConnectError } from '../../../api/index.ts';
import { connectionFinding } from '../../../kit/index.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { connectionFrame } from '../protocol/errors/connection-errors.ts';
import type { Broker, Topic } from '../protocol/topics.ts';

/** Tasks reach leaders at the addresses that these give for themselves, which may not be reachable from everywhere. `option` names the topics. */
export async function checkLeaders(client: KafkaClient, topics: readonly Topic[], option: string): Promise<Finding[]> {
  const leaders = new Map<number, Broker>();
  for (const broker of topics.flatMap((topic) => topic.leaders)) if (broker !== undefined) leaders.set(broker.node, broker);
  const reached = await Promise.all([...leaders.values()].map((leader) => reach(client, leader)));
  return [...reached.flat(), ...topics.flatMap((topic) => leaderless(topic, option))];
}

async function reach(client: KafkaClient, broker: Broker): Promise<Finding[]> {
  try {
    await client.reach(broker);
    return [];
  } catch (error) {
    return [connectionFinding(connectionFrame(client.section), toConnectError(error))];
  }
}

function leaderless({ name: topic, leaders }: Topic, option: string): Finding[] {
  const partitions = [...leaders.keys()].filter((partition) => leaders[partition] === undefined);
  if (partitions.length === 0) return [];
  const message = `topic ${topic} has no leader now for partition ${partitions.join(', ')}`;
  return [{ level: 'warning', code: 'WRONG_STATE', option, message, remedy: 'check the brokers that hold it' }];
}
