import { createHash } from 'node:crypto';
import type { Position } from '../../../api/index.ts';
import type { BasicProperties } from '../protocol/basic-properties.ts';
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

/** The server's own header on every message of a stream. */
const STREAM_OFFSET = 'x-stream-offset';

/** Undefined on a message of a queue. */
export function streamOffset({ headers }: BasicProperties): number | undefined {
  const value = headers.find(({ name }) => name === STREAM_OFFSET)?.value;
  return value === undefined || value === null ? undefined : Number(value.toString());
}

/** Without the offset, which is the record's id. */
export const withoutOffset = ({ properties, headers }: BasicProperties): BasicProperties => ({
  properties,
  headers: headers.filter(({ name }) => name !== STREAM_OFFSET),
});
