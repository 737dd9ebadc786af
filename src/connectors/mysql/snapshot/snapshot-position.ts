import { ConnectError, type Position } from '../../../api/index.ts';
import type { Key } from './key-values.ts';

/** Position of a range of which every row was read. */
export const DONE: Position = 'done';

/** Position behind the row with this key. */
export const positionAfter = (key: Key): Position => JSON.stringify(key);

/** The key behind which to go on, of a position that is not `DONE`. */
export function keyOfPosition(position: Position): Key {
  try {
    const key: unknown = JSON.parse(position);
    if (Array.isArray(key) && key.every((value) => typeof value === 'string')) return key;
  } catch {}
  throw new ConnectError('INTERNAL', `stored position ${JSON.stringify(position.slice(0, 200))} is not one of a snapshot`);
}
