import { ConnectError, type Connector, type Finding, type Position, type TaskConfig } from '../../api/index.ts';
import type { KeptTask } from '../../store/store.ts';
import type { InForce } from '../run/in-force.ts';

/** The store keeps positions of partitions that a plan took away for this long. */
export const KEPT_DAYS = 30;
const SHOWN = 5;

/** Returns the partitions that the split in force has and the new one has not, without those that are copied to their end. */
export function partitionsTaken(source: Connector, current: readonly InForce[], split: readonly TaskConfig[]): string[] {
  const wanted = partitionsOf(split);
  return current.flatMap(({ planned, positions }) =>
    planned.taskConfig.partitions.filter((name) => !wanted.has(name) && source.isFinished?.(name, positions.get(name), split) !== true),
  );
}

/**
 * Says to people what a plan takes away. Throws where it takes all: a system that shows nothing for a moment must not cost what is known
 * of it. Throws, too, where nobody watches (`watched` is false): what is missing may be back in a minute.
 */
export function findingsOfTaken(
  taken: readonly string[],
  { name, left, watched, option }: { readonly name: string; readonly left: number; readonly watched: boolean; readonly option: string },
): Finding[] {
  if (taken.length === 0) return [];
  const listed = `${taken.slice(0, SHOWN).join(', ')}${taken.length > SHOWN ? ` and ${taken.length - SHOWN} more` : ''}`;
  if (left === 0) {
    throw new ConnectError(
      'NOT_FOUND',
      `nothing to copy is found any more, and the plan in force has ${taken.length} partitions: ${listed}`,
      {
        remedy: `look whether they are there and this user may see them; to end the connector: rocketmq-connect delete ${name}`,
      },
    );
  }
  if (!watched) {
    throw new ConnectError(
      'NOT_FOUND',
      `${taken.length} partitions that are copied are not found any more: ${listed}; nothing was changed`,
      {
        remedy: 'look whether they are there and this user may see them; where they are gone for good, apply the file of the connector',
      },
    );
  }
  const message = `the plan takes ${taken.length} partitions away: ${listed}`;
  const remedy = `let it, if they are gone for good; those that come back within ${KEPT_DAYS} days go on where they were`;
  return [{ level: 'warning', code: 'NOT_FOUND', option, message, remedy }];
}

/** Returns where partitions go on that come back: an earlier plan took them away, and they are the same ones. */
export function returnedPositions(
  isSame: (partition: string, before: TaskConfig, now: TaskConfig) => boolean,
  current: readonly InForce[],
  split: readonly TaskConfig[],
  kept: readonly KeptTask[],
): Map<string, Position> {
  const before = new Set(current.flatMap(({ planned }) => planned.taskConfig.partitions));
  const newIn = new Map(
    split.flatMap((config) => config.partitions.filter((name) => !before.has(name)).map((name) => [name, config] as const)),
  );
  const returned = new Map<string, Position>();
  // Kept positions are listed oldest first, so that the newest one wins.
  for (const { taskConfig, positions } of kept) {
    for (const [name, position] of positions) {
      const now = newIn.get(name);
      if (now !== undefined && isSame(name, taskConfig, now)) returned.set(name, position);
      else returned.delete(name);
    }
  }
  return returned;
}

const partitionsOf = (split: readonly TaskConfig[]) => new Set(split.flatMap(({ partitions }) => partitions));
