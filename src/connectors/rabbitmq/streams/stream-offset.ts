import type { BasicProperties } from '../protocol/basic-properties.ts';

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
