import type { Position, SourceTaskContext } from '../../../api/index.ts';
import { STREAM } from '../position.ts';
import { DONE } from './snapshot-position.ts';
import { parseWithSnapshot } from './stream-position.ts';
import { isRange, type PlannedStream } from './task-options.ts';

/**
 * The log may be read once every range of the plan is: a row that was read later would come behind a newer change of it. Asks the
 * store only where the stream's own position does not tell.
 */
export async function mayStream(
  stream: PlannedStream,
  { positions, positionsOfAll, taskConfig }: Pick<SourceTaskContext, 'positions' | 'positionsOfAll' | 'taskConfig'>,
): Promise<boolean> {
  const stored = positions.get(STREAM);
  if (stored !== undefined && parseWithSnapshot(stored).snapshot >= stream.snapshot) return true;
  // Those of this task were just read to their ends, which is not stored yet.
  const own = new Set(taskConfig.partitions.filter(isRange));
  if (own.size >= stream.open) return true;
  const all = await positionsOfAll();
  const others = [...all].filter(([partition, position]) => isRange(partition) && position === DONE && !own.has(partition));
  return own.size + others.length >= stream.open;
}

/** Where the stream goes on; undefined where the configuration says it. */
export function resumeAt({ begins, from }: PlannedStream, stored: Position | undefined): Position | undefined {
  if (stored === undefined) return from;
  const { snapshot, place } = parseWithSnapshot(stored);
  return snapshot < begins ? from : place;
}
