import ZongJi, { type TableMapEntry, type TableMapEvent } from '@vlasky/zongji';
import { connectionOptions, type MysqlConnectionConfig } from '../connection-options.ts';
import type { Selection } from '../selection.ts';
import type { TableMaps } from './table-maps.ts';

/**
 * What is replaced of the reader: its test of what to decode, which knows exact names only, and its question about tables that the
 * log does not describe, of which it does not keep the key, and parses enums with commas wrongly.
 */
interface Replaced {
  tableMap: Record<number, TableMapEntry>;
  _skipSchema(database: string, table: string): boolean;
  /** Nothing is read until `next` is called. */
  _fetchTableInfo(event: TableMapEvent, next: () => void): void;
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
  return reader;
}
