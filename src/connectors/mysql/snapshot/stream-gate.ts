import type { Position, SourceTaskContext } from '../../../api/index.ts';
import { parseWithSnapshot, STREAM } from '../position/position.ts';
import { DONE, isRange, type PlannedStream } from './task-options.ts';

/**
 * What the log has to wait for; undefined where it may be read: once every range of the plan is, and nobody is left who could still
 * send rows. One that came behind a newer change of it would take its place. Asks the store only until the stream's own position tells.
 */
export async function waitsFor(
  stream: PlannedStream,
  { positions, positionsOfAll, taskConfig }: Pick<SourceTaskContext, 'positions' | 'positionsOfAll' | 'taskConfig'>,
): Promise<string | undefined> {
  const stored = positions.get(STREAM);
  if (passedBy(stored) >= stream.snapshot) return undefined;
  const all = await positionsOfAll();
  // Those of this task were just read to their ends, which is not stored yet.
  const own = new Set(taskConfig.partitions.filter(isRange));
  const others = [...all.positions].filter(([partition, position]) => isRange(partition) && position === DONE && !own.has(partition));
  const left = stream.open - own.size - others.length;
  if (left > 0) return `${left} of ${stream.open} ranges of the snapshot`;
  return Date.now() < all.quietAt ? `a run that a plan interrupted, until ${new Date(all.quietAt).toISOString()}` : undefined;
}

/**
 * The last snapshot that positions of this run are behind. Not yet that of ranges which the run itself has read: its last rows may
 * be on their way, and after its death a plan may give them to a task that sends them while the log is read.
 */
export function passedWith(
  { snapshot }: PlannedStream,
  stored: Position | undefined,
  { positions, taskConfig }: Pick<SourceTaskContext, 'positions' | 'taskConfig'>,
): number {
  const known = taskConfig.partitions.filter(isRange).every((partition) => positions.get(partition) === DONE);
  return known ? snapshot : passedBy(stored);
}

/** Where the stream goes on; undefined where the configuration says it. */
export function resumeAt({ begins, from }: PlannedStream, stored: Position | undefined): Position | undefined {
  if (stored === undefined) return from;
  const { snapshot, place } = parseWithSnapshot(stored);
  return snapshot < begins ? from : place;
}

const passedBy = (stored: Position | undefined): number => (stored === undefined ? 0 : parseWithSnapshot(stored).snapshot);
