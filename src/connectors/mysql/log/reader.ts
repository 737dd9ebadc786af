import ZongJi from '@vlasky/zongji';
import type { MysqlConnectionConfig } from '../config/connection-config.ts';
import type { Selection } from '../config/selection.ts';
import { connectionOptions } from '../server/connection-options.ts';
import { withSocket } from '../server/mysql2-internals.ts';
import { checksumIn, type EventHead, EventType, eventHead } from './events/event.ts';
import type { TableMaps } from './tables/table-maps.ts';
import { type InnerReader, innerBinlog, innerReader } from './zongji-internals.ts';

export interface ReaderOptions {
  readonly config: MysqlConnectionConfig;
  readonly selection: Selection;
  readonly tables: TableMaps;
  /** Told of each event as it arrives; false: it is not decoded. */
  readonly arrives: (head: EventHead) => boolean;
  /** An event could not be decoded. */
  readonly damaged: (error: unknown) => void;
  /** The connection, or what it was asked. */
  readonly failed: (error: unknown) => void;
}

/** A reader of the log that decodes selected tables only, and asks `tables` about those that the log does not describe. */
export function makeReader({ config, selection, tables, arrives, damaged, failed }: ReaderOptions): ZongJi {
  const reader = new ZongJi(connectionOptions(config, 'source'));
  const replaced = innerReader(reader);
  replaced._skipSchema = (database, table) => !selection.table(database, table);
  replaced._fetchTableInfo = (event, next) => {
    const describe = async () => {
      const columnSchemas = await tables.describe(event);
      // Its rows can't be read, which is told where they come.
      if (columnSchemas === undefined) return replaced.connection?.resume();
      replaced.tableMap[event.tableId] = { columnSchemas, parentSchema: event.schemaName, tableName: event.tableName };
      next();
    };
    describe().catch(failed);
  };
  tellChecksums(replaced);
  let decoding = false;
  reader.on('error', (error: unknown) => (decoding ? damaged(error) : failed(error)));
  reader.on('ready', () => {
    const prototype = innerBinlog(replaced);
    const { binlogData } = prototype;
    prototype.binlogData = function read(packet, connection) {
      // A file says in its head whether what follows has them.
      replaced.useChecksum = checksumIn(packet) ?? replaced.useChecksum;
      const head = eventHead(packet, replaced.useChecksum);
      try {
        if (head !== undefined && !arrives(head)) return prototype.binlogData;
        // Shows where a description begins, before the reader moves on in it.
        if (head?.type === EventType.tableMap) tables.packet = { buffer: packet.buffer, offset: packet.offset, end: packet.end };
        decoding = head !== undefined;
        return binlogData.call(this, packet, connection);
      } finally {
        decoding = false;
      }
    };
  });
  return reader;
}

/** Resolves when the server has let go of the reader, or after a second. Leaves no socket, whatever the server does. */
export async function stopReader(reader: ZongJi): Promise<void> {
  const { connection, ctrlConnection } = reader;
  await new Promise<void>((resolve) => {
    reader.once('stopped', resolve);
    reader.stop();
  });
  // The client only says that it ends, and a server that stands still never answers.
  for (const each of [connection, ctrlConnection]) if (each !== null) withSocket(each).stream.destroy();
}

/** Tells the server that checksums are understood, whatever is set now. */
function tellChecksums(replaced: InnerReader): void {
  replaced._isChecksumEnabled = (next) => {
    // What comes before the first head has what was asked for.
    replaced.connection?.query("SET @master_binlog_checksum = 'CRC32', @source_binlog_checksum = 'CRC32'", (error) => next(error, true));
  };
}
