import pMap from 'p-map';
import { type Position, toConnectError } from '../../api/index.ts';
import type { TopicQueues } from '../../rocketmq/types.ts';
import type { Run } from '../run/run.ts';
import { groupOf } from './consumer-group.ts';
import { QUEUES_ASKED_AT_ONCE } from './queue-shares.ts';

/**
 * Moves queues to where somebody has reset the connector's consumer group, and resolves with their new positions. `offsets` are those at
 * which the queues would go on. RocketMQ keeps a reset until it is taken, so the store learns of it first: a run that dies in between only
 * finds it once more. Where RocketMQ can't be asked, a notice says so and the queues go on where they are.
 */
export async function followResets(
  { item, lease, tracker, notices, deps }: Run,
  queues: Pick<TopicQueues, 'offsetOf' | 'tell'>,
  offsets: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, Position>> {
  const group = groupOf(item.connector);
  const fail = (error: unknown) => notices.add(`resets of consumer group ${group} can't be followed: ${toConnectError(error).line}`);
  const found = await resetsOf(queues, group, offsets).catch((error: unknown) => {
    fail(error);
    return new Map<string, number>();
  });
  if (found.size === 0) return new Map();
  for (const [name, offset] of found) {
    tracker.skipTo(name, String(offset));
    notices.add(
      `queue ${name} goes on at offset ${offset} instead of ${offsets.get(name)}: somebody has reset consumer group ${group} to it`,
    );
  }
  await deps.store.checkpoint(lease, tracker.positions);
  await queues.tell(group, found).catch(fail);
  return new Map([...found].map(([name, offset]) => [name, String(offset)]));
}

async function resetsOf(
  queues: Pick<TopicQueues, 'offsetOf' | 'tell'>,
  group: string,
  offsets: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  if (offsets.size === 0) return new Map();
  const names = await queues.tell(group, offsets, 'leave');
  const found = await pMap(names, async (name) => [name, await queues.offsetOf(name, group)] as const, {
    concurrency: QUEUES_ASKED_AT_ONCE,
  });
  return new Map(found.flatMap(([name, offset]) => (offset === undefined ? [] : [[name, offset]])));
}
