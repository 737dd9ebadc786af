import type { RocketmqAdmin } from '../../infra/local/rocketmq-admin/rocketmq-admin.ts';

/** What arrived, per source partition: the records' ids as numbers, in the order of the queue. */
export async function arrivals(admin: RocketmqAdmin, topic: string): Promise<Map<string, number[]>> {
  const byPartition = new Map<string, number[]>();
  for (const messages of await admin.readTopic(topic)) {
    for (const { properties } of messages) {
      const [key = ''] = (properties.get('KEYS') ?? '').split(' ');
      const [, partition, id] = /^[^/]+\/(.+)\/(\d+)$/.exec(key) ?? [];
      if (partition === undefined) throw new Error(`a message without a deterministic key: ${key}`);
      const ids = byPartition.get(partition) ?? [];
      ids.push(Number(id));
      byPartition.set(partition, ids);
    }
  }
  return byPartition;
}

/**
 * Splits what arrived of one partition into runs without a step back: `[[0, 1, 2], [1, 2, 3]]`. One run: no repeat.
 * Throws when a run has a gap, because then something is missing or out of order.
 */
export function ascendingRuns(ids: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && id === last + 1) run.push(id);
    else if (last === undefined || id <= last) runs.push([id]);
    else throw new Error(`record ${id} came after ${last}`);
  }
  return runs;
}
