import { ConnectError, type Position } from '../../api/index.ts';
import type { StoredMessage } from '../../rocketmq/types.ts';

/** Where a queue goes on. */
export interface QueuePosition {
  /** The next message to read. */
  readonly offset: number;
  /** When a broker stored the message before it, ms since 1970. A topic that was made again has another one there. Absent where none was read. */
  readonly storedAt?: number;
}

/** Returns the position behind a message: `4711@1764402300000`. */
export const positionBehind = ({ offset, storedAt }: StoredMessage): Position => `${offset + 1}@${storedAt}`;

const FORM = /^(\d{1,15})(?:@(\d{1,15}))?$/;

/** Says why a text is no position of a queue; undefined where it is one. */
export const positionProblem = (position: Position): string | undefined =>
  FORM.test(position) ? undefined : 'an offset of a queue is a whole number';

/** Throws INTERNAL for a text that is no position of a queue. */
export function parsePosition(position: Position): QueuePosition {
  const [, offset, storedAt] = FORM.exec(position) ?? [];
  if (offset === undefined) throw new ConnectError('INTERNAL', `${JSON.stringify(position)} is no position of a queue`);
  return { offset: Number(offset), ...(storedAt !== undefined && { storedAt: Number(storedAt) }) };
}

/** Whether a target that keeps positions is further than the store; what is stored of a topic that was made again since is later. */
export function isLater(target: Position, stored: Position | undefined): boolean {
  if (stored === undefined) return true;
  const [a, b] = [parsePosition(target), parsePosition(stored)];
  if (a.storedAt !== undefined && b.storedAt !== undefined && a.storedAt !== b.storedAt) return a.storedAt > b.storedAt;
  return a.offset > b.offset;
}
