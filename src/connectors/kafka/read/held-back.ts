import type { PartitionReader } from './partition-reader.ts';

/** So many partitions are named. */
const NAMED = 5;

/** A sentence about records that are stored and can't be seen yet, for a run that reads committed records only. */
export function heldBackNotices(readers: readonly PartitionReader[]): string[] {
  const waiting = readers.filter(({ heldBack }) => heldBack > 0);
  if (waiting.length === 0) return [];
  const named = waiting.slice(0, NAMED).map(({ name, currentEnd, heldBack }) => `${name} (${heldBack} offsets from ${currentEnd} on)`);
  const more = waiting.length > NAMED ? ` and ${waiting.length - NAMED} more partitions` : '';
  return [`records wait behind a transaction that is open: ${named.join(', ')}${more}; they are copied once it has ended`];
}
