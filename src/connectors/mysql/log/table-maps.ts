import type { ColumnSchema, TableMapEntry, TableMapEvent } from '@vlasky/zongji';
import { ConnectError } from '../../../api/index.ts';
import { columnTypeOf } from '../columns/column-type.ts';
import type { Table } from '../columns/table.ts';
import { type TableDefinition, tableDefinition } from '../columns/table-definitions.ts';
import type { TableWriter } from '../columns/table-writer.ts';
import { keepsHistory, type TableName } from '../select-tables.ts';
import type { MysqlServer } from '../server.ts';
import { isOfType } from './column-codes.ts';
import { rawForm } from './raw-form.ts';

interface Prepared {
  readonly writer: TableWriter;
  readonly entry: TableMapEntry;
}

const OLD_TIME = 11;
const CHAR = 254;
const GEOMETRY = 255;
/** Lengths of UUID and INET6, and of INET4. */
const ADDRESS_BYTES = new Set<unknown>([16, 4]);

/**
 * What the log says about tables before their rows. Each version of a table has a number; the reader is told once for each how its
 * values are wanted.
 */
export class TableMaps {
  readonly #server: MysqlServer;
  readonly #isMariadb: boolean;
  readonly #makeWriter: (table: Table) => TableWriter;
  readonly #prepared = new Map<number, Prepared>();
  /** What the reader knows of tables, by number. */
  #known: Record<number, TableMapEntry> | undefined;
  /** Of tables that the log did not describe itself, by number. */
  readonly #described = new Map<number, TableDefinition>();

  constructor(server: MysqlServer, isMariadb: boolean, makeWriter: (table: Table) => TableWriter) {
    this.#server = server;
    this.#isMariadb = isMariadb;
    this.#makeWriter = makeWriter;
  }

  /** Numbers begin anew where the server does, which begins a new file. */
  clear(): void {
    for (const tableId of this.#prepared.keys()) delete this.#known?.[tableId];
    this.#prepared.clear();
    this.#described.clear();
  }

  /** The writer of rows with this number; undefined where no table was announced by it. */
  writer(tableId: number): TableWriter | undefined {
    return this.#prepared.get(tableId)?.writer;
  }

  /**
   * Describes a table whose columns the log does not name, as it is now. Throws NOT_FOUND where there is no such table any more.
   */
  async describe(event: TableMapEvent): Promise<ColumnSchema[]> {
    const { schemaName, tableName, tableId } = event;
    const definition = await tableDefinition(this.#server, schemaName, tableName);
    if (definition === undefined) throw gone(`${schemaName}.${tableName}`);
    this.#described.set(tableId, definition);
    return definition.columns.map(({ name, columnType, charset }) => ({
      COLUMN_NAME: name,
      COLUMN_TYPE: columnType,
      CHARACTER_SET_NAME: charset,
      COLLATION_NAME: null,
      COLUMN_COMMENT: '',
    }));
  }

  /** Whether a table's rows are lost with each stop of the server. */
  async isInMemory({ database, table }: TableName): Promise<boolean> {
    const [row] = await this.#server.query<{ engine: string | null }>(
      'SELECT ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
      [database, table],
    );
    return row?.engine === 'MEMORY';
  }

  /** Takes note of a table. A promise: the server is asked about it; no further event may be read before it is fulfilled. */
  announce(event: TableMapEvent): Promise<void> | undefined {
    this.#known = event.tableMap;
    const known = this.#prepared.get(event.tableId);
    if (known !== undefined) {
      event.tableMap[event.tableId] = known.entry;
      return undefined;
    }
    const described = this.#described.get(event.tableId);
    if (described !== undefined || !this.#isAmbiguous(event)) return void this.#prepare(event, described);
    return tableDefinition(this.#server, event.schemaName, event.tableName).then((definition) => this.#prepare(event, definition));
  }

  /** MariaDB's log does not tell UUIDs from other bytes, and the reader counts its character sets wrongly behind a geometry. */
  #isAmbiguous(event: TableMapEvent): boolean {
    if (!this.#isMariadb || !event.hasSelfDescribingMetadata()) return false;
    const { columns = [], columnSchemas } = event.tableMap[event.tableId] as TableMapEntry;
    const bytes = ({ type, metadata }: (typeof columns)[number], index: number) =>
      type === CHAR && columnSchemas[index]?.COLUMN_TYPE.startsWith('binary') && ADDRESS_BYTES.has(metadata?.max_length);
    return columns.some(bytes) || columns.some(({ type }) => type === GEOMETRY);
  }

  #prepare(event: TableMapEvent, definition: TableDefinition | undefined): void {
    const { schemaName: database, tableName: name } = event;
    const entry = event.tableMap[event.tableId] as TableMapEntry;
    if (this.#isMariadb && hasHistory(entry.columnSchemas)) throw keepsHistory({ database, table: name });
    const columns = entry.columns ?? [];
    const types = entry.columnSchemas.map((schema, index) => {
      const column = `${database}.${name}.${schema.COLUMN_NAME}`;
      const now =
        this.#isMariadb || !event.hasSelfDescribingMetadata()
          ? definition?.columns.find((one) => one.name === schema.COLUMN_NAME)
          : undefined;
      const code = columns[index]?.type as number;
      const columnType = now !== undefined && isOfType(code, now.columnType) ? now.columnType : schema.COLUMN_TYPE;
      if (!isOfType(code, columnType)) throw changed(column);
      const charset = now?.columnType === columnType ? now.charset : schema.CHARACTER_SET_NAME;
      const type = columnTypeOf({ columnType, charset, values: schema.ENUM_VALUES ?? schema.SET_VALUES });
      return code === OLD_TIME && type.kind === 'time' && type.decimals === 0 ? ({ kind: 'old-time' } as const) : type;
    });
    const named = entry.columnSchemas.map(({ COLUMN_NAME }, index) => ({
      name: COLUMN_NAME,
      type: types[index] as (typeof types)[number],
    }));
    const primaryKey = event.hasSelfDescribingMetadata()
      ? (event.primaryKey ?? [])
      : (definition?.primaryKey ?? []).map((key) => named.findIndex((column) => column.name === key));
    const writer = this.#makeWriter({ database, name, columns: named, primaryKey });
    const forms = columns.map((column, index) =>
      rawForm(index, column, entry.columnSchemas[index] as (typeof entry.columnSchemas)[number], types[index] as (typeof types)[number]),
    );
    const prepared = { ...entry, columns: forms.map(({ column }) => column), columnSchemas: forms.map(({ schema }) => schema) };
    event.tableMap[event.tableId] = prepared;
    this.#prepared.set(event.tableId, { writer, entry: prepared });
  }
}

/** What MariaDB adds to tables that keep their history, unless they name it themselves. */
const hasHistory = (columns: readonly ColumnSchema[]): boolean =>
  columns.at(-2)?.COLUMN_NAME === 'row_start' && columns.at(-1)?.COLUMN_NAME === 'row_end';

const changed = (column: string): ConnectError =>
  new ConnectError('WRONG_KIND', `column ${column} was of another type when rows were written that are still to be copied`, {
    remedy:
      'leave the table out by source.excludeTables; set binlog_row_metadata to FULL where the server has it, and changes are followed',
  });

const gone = (table: string): ConnectError =>
  new ConnectError('NOT_FOUND', `table ${table} is gone, or hidden from this user, and the log does not name its columns`, {
    remedy: 'name it in source.excludeTables; where the server has binlog_row_metadata, set it to FULL for what is written from now on',
  });
