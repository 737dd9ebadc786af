import type { AnyBinlogEvent, BinlogEventByTypeName, BinlogEventTypeName, RowsEvent } from '@vlasky/zongji';
import type { TableName } from '../../tables/table-name.ts';

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

/** Whether the events behind the head of a file have checksums; undefined of other events. The kind of checksum stands before its own one. */
export function checksumIn({ buffer, offset, end }: Packet): boolean | undefined {
  return buffer[offset] === 0 && buffer[offset + 5] === EventType.formatDescription ? buffer[end - CHECKSUM_BYTES - 1] === 1 : undefined;
}

/** Types of events, by their numbers in the binary log. */
export const EventType = {
  query: 2,
  userVar: 14,
  formatDescription: 15,
  executeLoad: 18,
  tableMap: 19,
  incident: 26,
  partialUpdate: 39,
  payload: 40,
  queryCompressed: 165,
} as const;

/** Rows that were inserted, updated or deleted, in all forms that the reader decodes. */
const ROWS = new Set([23, 24, 25, 30, 31, 32, 166, 167, 168, 169, 170, 171]);

/**
 * What the reader decodes, and what changes no rows: stop, rotate, the values that a statement needs, parts of a file that it loads, marks of
 * replication, heartbeats, GTIDs and lists of these, comments, checkpoints. A log that is encrypted is sent as it was before.
 */
const UNDERSTOOD = new Set([
  ...[2, 3, 4, 5, 13, 14, 15, 16, 17, 9, 11, 19, 27, 28, 29, 33, 34, 35, 36, 37, 38, 41, 42],
  ...[160, 161, 162, 163, 164, 165],
]);

const NAMES: Readonly<Record<number, string>> = {
  ...{ 1: 'START_V3', 6: 'LOAD', 7: 'SLAVE', 8: 'CREATE_FILE', 10: 'EXEC_LOAD', 12: 'NEW_LOAD' },
  ...{ 20: 'PRE_GA_WRITE_ROWS', 21: 'PRE_GA_UPDATE_ROWS', 22: 'PRE_GA_DELETE_ROWS' },
};

/** A reader that does not know such an event may pass it over, says the server. */
const IGNORABLE = 0x80;

export const holdsRows = (type: number): boolean => ROWS.has(type);
export const isUnderstood = (type: number): boolean => UNDERSTOOD.has(type);
export const isIgnorable = (flags: number): boolean => (flags & IGNORABLE) !== 0;
/** As the server calls it. */
export const typeName = (type: number): string => (NAMES[type] === undefined ? `type ${type}` : `${NAMES[type]}_EVENT (type ${type})`);

const TABLE_NAMES_AT = 8;

export const isEvent = <N extends BinlogEventTypeName>(event: AnyBinlogEvent, name: N): event is BinlogEventByTypeName<N> =>
  event.getTypeName() === name;

/** Number of the table that an event's body names; -1 where it is too short to. */
export const tableIdOf = (body: Buffer): number => (body.length < 6 ? -1 : body.readUIntLE(0, 6));

/** Of a table's description: behind its number and flags come both names, each with its length before and a zero behind it. */
export function tableNamedIn(body: Buffer): TableName {
  const tableAt = TABLE_NAMES_AT + (body[TABLE_NAMES_AT] as number) + 2;
  const nameAt = (at: number) => body.toString('utf8', at + 1, at + 1 + (body[at] as number));
  return { database: nameAt(TABLE_NAMES_AT), table: nameAt(tableAt) };
}

/** Behind the kind of the incident: a length, and as many characters. */
export const reasonOf = (body: Buffer): string => (body.length > 3 ? body.toString('utf8', 3, 3 + (body[2] as number)) : '');

/** Which columns the row images hold, a bit each. */
interface Images {
  readonly columns_present_bitmap?: Buffer;
  readonly columns_present_bitmap2?: Buffer;
}

/** True where a row image leaves out columns: the reader gives NULL for these. */
export function isPartial(event: RowsEvent): boolean {
  const { columns_present_bitmap: before, columns_present_bitmap2: after } = event as RowsEvent & Images;
  return [before, after].some((bits) => {
    if (bits === undefined) return false;
    let present = 0;
    for (let column = 0; column < event.numberOfColumns; column += 1) present += ((bits[column >> 3] as number) >> (column & 7)) & 1;
    return present < event.numberOfColumns;
  });
}
