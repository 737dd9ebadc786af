import type { ConnectorItem } from '../../store/store.ts';
import { type InForce, positionsInForce } from '../run/in-force.ts';
import type { PlannerDeps } from './planner-deps.ts';

export interface AskedLag {
  /** Why nothing is known. */
  readonly lagUnknown?: string;
  /** Returns the records behind a partition's position, at most; undefined where nobody knows. */
  readonly lagOf: (partition: string) => number | undefined;
}

/** Asks the system, or RocketMQ for a sink, how far the partitions of the plan in force go on, for at most 10 s. */
export async function askLag({ spec }: ConnectorItem, tasks: readonly InForce[], deps: PlannerDeps): Promise<AskedLag> {
  const { pendingPartitions } = await import('../watch/pending-partitions.ts');
  const asked = { spec, split: tasks.map(({ planned }) => planned.taskConfig), positions: positionsInForce(tasks) };
  const found = await pendingPartitions(
    asked,
    { ...deps, loadQueues: deps.loadLetters },
    AbortSignal.timeout(Math.max(0, deps.deadline() - Date.now())),
  );
  if ('unknown' in found) return { lagUnknown: found.unknown, lagOf: () => undefined };
  const { partitions } = found;
  return {
    lagOf: (partition) => {
      if (!partitions.has(partition)) return 0;
      return partitions instanceof Map ? (partitions as ReadonlyMap<string, number | undefined>).get(partition) : undefined;
    },
  };
}
