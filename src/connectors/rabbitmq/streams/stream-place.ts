import { createHash } from 'node:crypto';
import type { Position } from '../../../api/index.ts';
import type { Delivery } from '../protocol/intake.ts';

/** Where to resume in a stream. */
export interface StreamPlace {
  /** Of the next message. */
  readonly offset: number;
  /** Of the message before it, see `markOf`. Absent where that was no message, or was read by an older version. */
  readonly mark?: string;
}

/** Tells a message from the one that a stream made again under the same name has at that offset. */
export const markOf = ({ rawProperties, body }: Pick<Delivery, 'rawProperties' | 'body'>): string =>
  createHash('sha256').update(rawProperties).update(body).digest('hex').slice(0, 12);

/** `4711#8f3a11c2d4e5`, or `4711` without a mark. */
export const positionOf = ({ offset, mark }: StreamPlace): Position => (mark === undefined ? String(offset) : `${offset}#${mark}`);

export function placeOf(position: Position): StreamPlace {
  const [offset, mark] = position.split('#');
  return { offset: Number(offset), ...(mark !== undefined && { mark }) };
}
