import type { AnyBinlogEvent, BinlogEventByTypeName, BinlogEventTypeName, RowsEvent } from '@vlasky/zongji';
import type { TableName } from '../../tables/table-name.ts';

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
