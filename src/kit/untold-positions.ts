import type { Position } from '../api/record.ts';

/** Reads one partition. */
export interface PartitionTeller {
  readonly name: string;
  /** The partition's position, once, where the runtime can't know it from a record. */
  untoldPosition(): Position | undefined;
}

/** Positions that no record tells: starts that were found out, and places behind what makes no record. For `PollResult.positions`. */
export function untoldPositions(readers: readonly PartitionTeller[]): Map<string, Position> {
  const positions = new Map<string, Position>();
  for (const reader of readers) {
    const position = reader.untoldPosition();
    if (position !== undefined) positions.set(reader.name, position);
  }
  return positions;
}
