/** A packet from the server, its payload from `offset` to `end`. */
export interface Packet {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
}

/** What every event begins with. */
export interface EventHead {
  readonly type: number;
  readonly flags: number;
  /** ms since 1970 */
  readonly timestamp: number;
  /** In its file; undefined where the server does not say. */
  readonly offset: number | undefined;
  /** Behind it; 0 where the server does not say. */
  readonly nextPosition: number;
  /** Without head and checksum. Shares memory with what was received. */
  readonly body: Buffer;
}

/** A byte that says that all is well comes before the event. */
const HEAD_AT = 1;
const HEAD_BYTES = 19;
const CHECKSUM_BYTES = 4;

/** Undefined where the packet holds no event, but an error or the end. */
export function eventHead({ buffer, offset, end }: Packet, hasChecksum: boolean): EventHead | undefined {
  if (buffer[offset] !== 0 || end - offset < HEAD_AT + HEAD_BYTES) return undefined;
  const head = offset + HEAD_AT;
  const length = buffer.readUInt32LE(head + 9);
  const nextPosition = buffer.readUInt32LE(head + 13);
  return {
    timestamp: buffer.readUInt32LE(head) * 1_000,
    type: buffer[head + 4] as number,
    nextPosition,
    offset: nextPosition >= length ? nextPosition - length : undefined,
    flags: buffer.readUInt16LE(head + 17),
    body: buffer.subarray(head + HEAD_BYTES, end - (hasChecksum ? CHECKSUM_BYTES : 0)),
  };
}

const FORMAT_DESCRIPTION = 15;

/** Whether the events behind the head of a file have checksums; undefined of other events. The kind of checksum stands before its own one. */
export function checksumIn({ buffer, offset, end }: Packet): boolean | undefined {
  return buffer[offset] === 0 && buffer[offset + 5] === FORMAT_DESCRIPTION ? buffer[end - CHECKSUM_BYTES - 1] === 1 : undefined;
}
