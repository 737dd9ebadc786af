import ZongJi, { type TableMapEntry, type TableMapEvent } from '@vlasky/zongji';
import type { Connection } from 'mysql2';
import { connectionOptions, type MysqlConnectionConfig } from '../connection-options.ts';
import type { Selection } from '../selection.ts';
import type { Packet } from './packet.ts';
import type { TableMaps } from './table-maps.ts';

/**
 * What is replaced of the reader: its test of what to decode, which knows exact names only; its question about tables that the log does
 * not describe, of which it does not keep the key, and parses enums with commas wrongly; and its idea that all files of a log have the
 * checksums that are set now.
 */
interface Replaced {
  readonly connection: Connection | null;
  readonly BinlogClass: { readonly prototype: { binlogData(packet: Packet, connection: Connection): unknown } };
  tableMap: Record<number, TableMapEntry>;
  /** Asked for each event. */
  useChecksum: boolean;
  _skipSchema(database: string, table: string): boolean;
  /** Nothing is read until `next` is called. */
  _fetchTableInfo(event: TableMapEvent, next: () => void): void;
  _isChecksumEnabled(next: (error: unknown, enabled?: boolean) => void): void;
}

/** A reader of the log that decodes selected tables only, and asks `tables` about those that the log does not describe. */
export function makeReader(config: MysqlConnectionConfig, selection: Selection, tables: TableMaps, fail: (error: unknown) => void): ZongJi {
  const reader = new ZongJi(connectionOptions(config));
  const replaced = reader as unknown as Replaced;
  replaced._skipSchema = (database, table) => !selection.table(database, table);
  replaced._fetchTableInfo = (event, next) => {
    const describe = async () => {
      const columnSchemas = await tables.describe(event);
      replaced.tableMap[event.tableId] = { columnSchemas, parentSchema: event.schemaName, tableName: event.tableName };
      next();
    };
    describe().catch(fail);
  };
  followPackets(reader, replaced, tables);
  return reader;
}

/**
 * Tells the server that checksums are understood, whatever is set now, and looks in the head of each file whether it has them. Shows
 * `tables` where each description of a table begins, before the reader moves on in it.
 */
function followPackets(reader: ZongJi, replaced: Replaced, tables: TableMaps): void {
  replaced._isChecksumEnabled = (next) => {
    // What comes before the first head has what was asked for.
    replaced.connection?.query("SET @master_binlog_checksum = 'CRC32', @source_binlog_checksum = 'CRC32'", (error) => next(error, true));
  };
  reader.on('ready', () => {
    const { prototype } = replaced.BinlogClass;
    const { binlogData } = prototype;
    prototype.binlogData = function read(packet, connection) {
      replaced.useChecksum = checksumIn(packet) ?? replaced.useChecksum;
      if (packet.buffer[packet.offset + TYPE_AT] === TABLE_MAP)
        tables.packet = { buffer: packet.buffer, offset: packet.offset, end: packet.end };
      return binlogData.call(this, packet, connection);
    };
  });
}

const FORMAT_DESCRIPTION = 15;
const TABLE_MAP = 19;
/** Behind a byte that says that all is well, and the time. */
const TYPE_AT = 5;
/** The kind of checksum, and the head's own one, which is always there. */
const CHECKSUM_BYTES = 5;

/** Whether the events behind the head of a file have checksums; undefined of other events. */
function checksumIn({ buffer, offset, end }: Packet): boolean | undefined {
  return buffer[offset] === 0 && buffer[offset + TYPE_AT] === FORMAT_DESCRIPTION ? buffer[end - CHECKSUM_BYTES] === 1 : undefined;
}
