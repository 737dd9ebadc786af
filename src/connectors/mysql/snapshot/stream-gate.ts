import type { Position, SourceTaskContext } from '../../../api/index.ts';
import { STREAM } from '../position.ts';
import { DONE } from './snapshot-position.ts';
import { parseWithSnapshot } from './stream-position.ts';
import { isRange, type PlannedStream } from './task-options.ts';

/**
 * The log may be read once every range of the plan is, and nobody is left who could still send rows: one that came behind a newer
 * change of it would take its place. Asks the store only until the stream's own position tells.
 */
export async function mayStream(
  stream: PlannedStream,
  { positions, positionsOfAll, taskConfig }: Pick<SourceTaskContext, 'positions' | 'positionsOfAll' | 'taskConfig'>,
): Promise<boolean> {
  const stored = positions.get(STREAM);
  const passed = stored === undefined ? 0 : parseWithSnapshot(stored).snapshot;
  if (passed >= stream.snapshot) return true;
  const all = await positionsOfAll();
  if (Date.now() < all.quietAt) return false;
  // Those of this task were just read to their ends, which is not stored yet.
  const own = new Set(taskConfig.partitions.filter(isRange));
  const others = [...all.positions].filter(([partition, position]) => isRange(partition) && position === DONE && !own.has(partition));
  return own.size + others.length >= stream.open;
}

/** Where the stream goes on; undefined where the configuration says it. */
export function resumeAt({ begins, from }: PlannedStream, stored: Position | undefined): Position | undefined {
  if (stored === undefined) return from;
  const { snapshot, place } = parseWithSnapshot(stored);
  return snapshot < begins ? from : place;
}
