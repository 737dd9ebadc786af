import { type PendingPartitions, type Position, type TaskConfig, toConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { isShared } from '../../config/shared-delivery.ts';
import { untilAborted, withPatience } from '../../kit/index.ts';
import { createConnector } from '../run/create-connector.ts';
import { sharedGroupOf } from '../sink/consumer-group.ts';
import { pendingQueues } from './pending-queues.ts';
import type { PendingDeps } from './watch-deps.ts';

/** Systems that answer do so much sooner. */
const PATIENCE_MS = 10_000;

/** What a system answers to the question what is pending, or why that is not known. `untold`: it never says. */
export type Pending = { readonly partitions: PendingPartitions } | { readonly unknown: string; readonly untold?: true };

/** The plan in force, as far as it is asked about, and where its partitions are. */
export interface Asked {
  readonly spec: ConnectorSpec;
  readonly split: readonly TaskConfig[];
  readonly positions: ReadonlyMap<string, Position>;
}

/**
 * Asks which partitions have something to copy, for at most 10 s. Never rejects: what goes wrong is a reason why it is not known, and the
 * tasks that are started then fail by it.
 */
export async function pendingPartitions(asked: Asked, deps: PendingDeps, ended: AbortSignal): Promise<Pending> {
  if (isShared(asked.spec)) return { unknown: groupKnows(asked.spec), untold: true };
  let silent = false;
  try {
    const partitions = await withPatience(PATIENCE_MS, async (late) => {
      const signal = AbortSignal.any([late, ended]);
      late.addEventListener('abort', () => {
        silent = true;
      });
      return untilAborted(ask(asked, deps, signal), signal);
    });
    return partitions === 'unknown' ? { unknown: 'the system does not tell', untold: true } : { partitions };
  } catch (error) {
    if (ended.aborted) return { unknown: 'no time was left to ask' };
    return { unknown: silent ? `no answer in ${PATIENCE_MS / 1_000} s` : toConnectError(error).line };
  }
}

async function ask({ spec, split, positions }: Asked, deps: PendingDeps, signal: AbortSignal): Promise<PendingPartitions | 'unknown'> {
  if (spec.direction === 'sink') {
    const names = split.flatMap(({ partitions }) => partitions);
    return pendingQueues(spec, names, positions, deps);
  }
  const connector = await createConnector(spec, deps, { signal });
  try {
    return (await connector.pending?.(split, positions)) ?? 'unknown';
  } finally {
    await connector.stop();
  }
}

function groupKnows({ name, rocketmq }: ConnectorSpec): string {
  const group = sharedGroupOf(name, rocketmq);
  return `RocketMQ does not tell over gRPC how far consumer group ${group} is; \`mqadmin consumerProgress -g ${group}\` does`;
}
