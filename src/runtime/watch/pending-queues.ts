import pMap from 'p-map';
import type { Position } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { selectionOption } from '../../config/selected-topics.ts';
import { topicOfQueue } from '../../kit/index.ts';
import type { TopicQueues } from '../../rocketmq/types.ts';
import { groupOf } from '../sink/consumer-group.ts';
import { parsePosition } from '../sink/queue-position.ts';
import type { PendingDeps } from './watch-deps.ts';

const QUEUES_AT_ONCE = 32;

/**
 * Names the queues that do not end at their positions, and how many offsets are left, with a request for each. A queue that can't be asked
 * counts. A queue that was never read counts where it holds anything, because a run stores no position for an empty queue. With
 * `rocketmq.followResets`, a queue at which the connector's consumer group stands elsewhere counts, too, for one more request each. Throws
 * where no topic can be looked up.
 */
export async function pendingQueues(
  spec: ConnectorSpec,
  names: readonly string[],
  positions: ReadonlyMap<string, Position>,
  { resolveSecrets, loadQueues, clients }: PendingDeps,
): Promise<ReadonlyMap<string, number | undefined>> {
  const [{ rocketmq: config }, { openQueues }] = await Promise.all([resolveSecrets({ rocketmq: spec.rocketmq }), loadQueues()]);
  const topics = { names: [...new Set(names.map(topicOfQueue))], option: selectionOption(config) };
  const queues = await openQueues(config, topics, clients);
  try {
    const group = config.followResets === true ? groupOf(spec.name) : undefined;
    const ask = async (name: string) => [name, await offsetsAhead(queues, name, positions.get(name), group)] as const;
    const ahead = await pMap(names, ask, { concurrency: QUEUES_AT_ONCE });
    return new Map(ahead.filter(([, offsets]) => offsets !== 0));
  } finally {
    queues.close();
  }
}

/** Returns how many offsets a run would pass; undefined where nobody knows. */
async function offsetsAhead(
  queues: TopicQueues,
  name: string,
  position: Position | undefined,
  group: string | undefined,
): Promise<number | undefined> {
  try {
    const offset = position === undefined ? undefined : parsePosition(position).offset;
    const { min, max } = await queues.bounds(name, offset);
    const stored = offset ?? min;
    // It does not matter where a group stands whose queue has something to copy anyway.
    const ofGroup = group === undefined || max !== stored ? undefined : await queues.offsetOf(name, group);
    const ahead = max - (ofGroup ?? stored);
    return ahead < 0 ? undefined : ahead;
  } catch {
    return undefined;
  }
}
