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
 * Names the queues that do not end at their positions, with a request for each. One that can't be asked counts. One that was never read
 * counts where it holds anything, because a run of it stores no position where it holds nothing. With `rocketmq.followResets`, one at which
 * the connector's consumer group stands elsewhere counts, too, for one more request each. Throws where no topic can be looked up.
 */
export async function pendingQueues(
  spec: ConnectorSpec,
  names: readonly string[],
  positions: ReadonlyMap<string, Position>,
  { resolveSecrets, loadQueues, clients }: PendingDeps,
): Promise<ReadonlySet<string>> {
  const [{ rocketmq: config }, { openQueues }] = await Promise.all([resolveSecrets({ rocketmq: spec.rocketmq }), loadQueues()]);
  const topics = { names: [...new Set(names.map(topicOfQueue))], option: selectionOption(config) };
  const queues = await openQueues(config, topics, clients);
  try {
    const group = config.followResets === true ? groupOf(spec.name) : undefined;
    const goOn = await pMap(names, (name) => goesOn(queues, name, positions.get(name), group), { concurrency: QUEUES_AT_ONCE });
    return new Set(names.filter((_, index) => goOn[index]));
  } finally {
    queues.close();
  }
}

async function goesOn(queues: TopicQueues, name: string, position: Position | undefined, group: string | undefined): Promise<boolean> {
  try {
    const offset = position === undefined ? undefined : parsePosition(position).offset;
    const { min, max } = await queues.bounds(name, offset);
    if (max !== (offset ?? min)) return true;
    const ofGroup = group === undefined ? undefined : await queues.offsetOf(name, group);
    return ofGroup !== undefined && ofGroup !== max;
  } catch {
    return true;
  }
}
