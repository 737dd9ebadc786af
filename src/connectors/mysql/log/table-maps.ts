import type { ColumnSchema, TableMapEntry, TableMapEvent } from '@vlasky/zongji';
import { ConnectError } from '../../../api/index.ts';
import { charsetsOf, type ServerCharsets } from '../charsets/server-charsets.ts';
import { type ColumnType, columnTypeOf } from '../columns/column-type.ts';
import { fullName, type Table } from '../columns/table.ts';
import { type TableDefinition, tableDefinition, tableType } from '../columns/table-definitions.ts';
import type { TableWriter } from '../columns/table-writer.ts';
import { keepsHistory, type TableName } from '../select-tables.ts';
import type { MysqlServer } from '../server.ts';
import { qualifiedName } from '../table-name.ts';
import { isOfType } from './column-codes.ts';
import { columnCollations, loggedValues, textOrBytes } from './column-collations.ts';
import type { Packet } from './packet.ts';
import { rawForm } from './raw-form.ts';
import { looksLikeSequence } from './server-columns.ts';

/** A table whose rows can't be copied. */
export interface RefusedTable {
  /** `database.table` */
  readonly table: string;
  readonly error: ConnectError;
}

interface Prepared {
  readonly writer: TableWriter;
  readonly entry: TableMapEntry;
}

const OLD_TIME = 11;
const CHAR = 254;
/** The collation of bytes. */
const BINARY = 63;
/** MariaDB keeps a hash of each unique text in a column that queries do not show. MySQL has such columns for keys of expressions. */
const HIDDEN = /^(?:DB_ROW_HASH_\d+$|!hidden!)/;
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
  readonly #onLeftOut: (notice: string) => void;
  /** Numbers of what is no table. */
  readonly #leftOut = new Set<number>();
  readonly #prepared = new Map<number, Prepared>();
  /** What the reader knows of tables, by number. */
  #known: Record<number, TableMapEntry> | undefined;
  /** Of tables that the log did not describe itself, by number. */
  readonly #described = new Map<number, Described>();
  /** Tables whose rows can't be copied, by number. */
  readonly #refused = new Map<number, RefusedTable>();
  readonly #charsets: ServerCharsets;
  /** What the event that is read last was read from. */
  packet: Packet | undefined;

  /** `onLeftOut`: told of what is not copied, in a sentence for people. */
  constructor(server: MysqlServer, isMariadb: boolean, makeWriter: (table: Table) => TableWriter, onLeftOut: (notice: string) => void) {
    this.#server = server;
    this.#isMariadb = isMariadb;
    this.#makeWriter = makeWriter;
    this.#onLeftOut = onLeftOut;
    this.#charsets = charsetsOf(server);
  }

  /** Numbers begin anew where the server does, which begins a new file. */
  clear(): void {
    for (const tableId of this.#prepared.keys()) delete this.#known?.[tableId];
    this.#prepared.clear();
    this.#described.clear();
    this.#leftOut.clear();
    this.#refused.clear();
  }

  /** Why rows with this number can't be copied; undefined where they can, or are not wanted. */
  refusal(tableId: number): RefusedTable | undefined {
    return this.#refused.get(tableId);
  }

  /** The name of a table that is copied, by its number. */
  announced(tableId: number): string | undefined {
    const writer = this.writer(tableId);
    return writer === undefined ? this.#refused.get(tableId)?.table : fullName(writer.table);
  }

  /** The writer of rows with this number; undefined where no table was announced by it. */
  writer(tableId: number): TableWriter | undefined {
    return this.#prepared.get(tableId)?.writer;
  }

  /**
   * Describes a table whose columns the log does not name, as it is now, and has all ready that `announce` needs: the reader goes on by
   * itself behind it. Undefined: its rows can't be read; see `refusal`.
   */
  async describe(event: TableMapEvent): Promise<ColumnSchema[] | undefined> {
    const { schemaName, tableName, tableId } = event;
    const name = qualifiedName(schemaName, tableName);
    const definition = await tableDefinition(this.#server, schemaName, tableName);
    if (definition === undefined || definition.columns.length < event.columnCount) {
      this.#refused.set(tableId, { table: name, error: definition === undefined ? gone(name) : lessColumns(name) });
      return undefined;
    }
    const charsets = await this.#charsetsOf(
      event,
      definition.columns.map(({ charset }) => charset),
    );
    this.#described.set(tableId, { definition, charsets });
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
    if (this.#leftOut.has(event.tableId)) {
      // The reader passes over the rows of what it does not know.
      delete event.tableMap[event.tableId];
      return undefined;
    }
    const known = this.#prepared.get(event.tableId);
    if (known !== undefined) {
      event.tableMap[event.tableId] = known.entry;
      return undefined;
    }
    const described = this.#described.get(event.tableId);
    if (this.#refused.has(event.tableId)) return undefined;
    return described === undefined ? this.#lookUp(event) : void this.#try(event, described, false);
  }

  async #lookUp(event: TableMapEvent): Promise<void> {
    const { schemaName, tableName, tableId, tableMap } = event;
    const entry = tableMap[tableId] as TableMapEntry;
    if (this.#isMariadb && looksLikeSequence(entry.columnSchemas)) {
      const type = await tableType(this.#server, schemaName, tableName);
      if (type === undefined || type === 'SEQUENCE') {
        this.#leaveOut(event);
        return;
      }
    }
    const charsets = await this.#charsetsOf(
      event,
      entry.columnSchemas.map((column) => column.CHARACTER_SET_NAME),
    );
    const columnSchemas = entry.columnSchemas.map((schema, index) => {
      const COLUMN_TYPE = textOrBytes(event, index, charsets[index]?.name === null) ?? schema.COLUMN_TYPE;
      return { ...schema, COLUMN_TYPE };
    });
    tableMap[tableId] = { ...entry, columnSchemas };
    const isAmbiguous = this.#isAmbiguous(event);
    const definition = isAmbiguous ? await tableDefinition(this.#server, schemaName, tableName) : undefined;
    const isVersioned = isAmbiguous && (await tableType(this.#server, schemaName, tableName)) === 'SYSTEM VERSIONED';
    this.#try(event, { definition, charsets }, isVersioned);
  }

  /** What the configuration can mend ends the run; other tables' rows can be copied where this one's can not. */
  #try(event: TableMapEvent, described: Described, isVersioned: boolean): void {
    const { schemaName: database, tableName: table } = event;
    try {
      if (isVersioned) throw keepsHistory({ database, table });
      this.#prepare(event, described);
    } catch (error) {
      if (!(error instanceof ConnectError) || !['WRONG_KIND', 'NOT_FOUND'].includes(error.code)) throw error;
      this.#refused.set(event.tableId, { table: qualifiedName(database, table), error });
    }
  }

  #leaveOut({ tableId, tableMap, schemaName, tableName }: TableMapEvent): void {
    this.#leftOut.add(tableId);
    delete tableMap[tableId];
    this.#onLeftOut(`${qualifiedName(schemaName, tableName)} is a sequence, not a table: its values are not copied`);
  }

  /** Loaded. `now`: of the columns as they are now, for a log that does not say it. */
  async #charsetsOf(event: TableMapEvent, now: ReadonlyArray<string | null>): Promise<Charset[]> {
    const collations = event.hasSelfDescribingMetadata() ? columnCollations(event, this.#isMariadb, this.packet) : undefined;
    const known = collations === undefined ? undefined : await this.#charsets.collations();
    const charsets = now.map((name, index): Charset => {
      const collation = collations?.[index];
      if (known === undefined) return { name };
      return collation === undefined || collation === BINARY ? { name: null } : { name: known.get(collation), collation };
    });
    await this.#charsets.load(charsets.flatMap(({ name }) => name ?? []));
    return charsets;
  }

  /** MariaDB's log does not tell UUIDs from other bytes, which tables keep their history, nor which columns are hidden. */
  #isAmbiguous(event: TableMapEvent): boolean {
    if (!this.#isMariadb || !event.hasSelfDescribingMetadata()) return false;
    const { columns = [], columnSchemas } = event.tableMap[event.tableId] as TableMapEntry;
    return columns.some((_, index) => this.#mayBeAddress(event, index)) || hasPeriod(columnSchemas) || hasHidden(columnSchemas);
  }

  #mayBeAddress(event: TableMapEvent, index: number): boolean {
    const { columns = [], columnSchemas } = event.tableMap[event.tableId] as TableMapEntry;
    const { type, metadata } = columns[index] as (typeof columns)[number];
    return type === CHAR && (columnSchemas[index]?.COLUMN_TYPE.startsWith('binary') ?? false) && ADDRESS_BYTES.has(metadata?.max_length);
  }

  /** `values`: members as the log has them. */
  #typeOf(columnType: string, { name: charset, collation }: Charset, values: readonly Buffer[] | undefined): ColumnType {
    if (charset === undefined) return { kind: 'unknown', what: `the unknown collation ${collation}` };
    const toUtf8 = charset === null ? undefined : this.#charsets.converter(charset);
    if (charset !== null && toUtf8 === undefined) return { kind: 'unknown', what: `the character set ${charset}` };
    return columnTypeOf({ columnType, charset, values: values?.map((value) => (toUtf8?.(value) ?? value).toString()) });
  }

  #prepare(event: TableMapEvent, { definition, charsets }: Described): void {
    const { schemaName: database, tableName: name } = event;
    const entry = event.tableMap[event.tableId] as TableMapEntry;
    if (this.#isMariadb && hasHistory(entry.columnSchemas)) throw keepsHistory({ database, table: name });
    const columns = entry.columns ?? [];
    const types = entry.columnSchemas.map((schema, index): ColumnType => {
      const now = definition?.columns.find((one) => one.name === schema.COLUMN_NAME);
      const code = columns[index]?.type as number;
      const isSame = now !== undefined && isOfType(code, now.columnType);
      if (this.#isAmbiguous(event) && this.#mayBeAddress(event, index)) {
        return isSame ? columnTypeOf(now) : { kind: 'unknown', what: 'a type that the log does not tell from others' };
      }
      const columnType = isSame && !event.hasSelfDescribingMetadata() ? now.columnType : schema.COLUMN_TYPE;
      if (!isOfType(code, columnType)) throw changed(`${qualifiedName(database, name)}.${schema.COLUMN_NAME}`);
      const type = this.#typeOf(columnType, charsets[index] as Charset, loggedValues(event, index));
      return code === OLD_TIME && type.kind === 'time' && type.decimals === 0 ? { kind: 'old-time' } : type;
    });
    const named = entry.columnSchemas.map((schema, index) => ({
      name: schema.COLUMN_NAME,
      type: types[index] as (typeof types)[number],
    }));
    const primaryKey = event.hasSelfDescribingMetadata()
      ? (event.primaryKey ?? [])
      : (definition?.primaryKey ?? []).map((key) => named.findIndex((column) => column.name === key));
    const isHidden = ({ name: column }: { readonly name: string }) =>
      HIDDEN.test(column) && !(definition?.columns.some((one) => one.name === column) ?? false);
    // They stand behind all others.
    const shown = named.slice(0, named.findLastIndex((column) => !isHidden(column)) + 1);
    const writer = this.#makeWriter({ database, name, columns: shown, primaryKey });
    const forms = columns.map((column, index) =>
      rawForm(index, column, entry.columnSchemas[index] as (typeof entry.columnSchemas)[number], types[index] as (typeof types)[number]),
    );
    const prepared = { ...entry, columns: forms.map(({ column }) => column), columnSchemas: forms.map(({ schema }) => schema) };
    event.tableMap[event.tableId] = prepared;
    this.#prepared.set(event.tableId, { writer, entry: prepared });
  }
}

/** What was found out about a table; `definition`: as it is now, where that is needed. */
interface Described {
  readonly definition: TableDefinition | undefined;
  readonly charsets: readonly Charset[];
}

/** Of a column; `name` null: it has none, undefined: the server has no such collation. */
interface Charset {
  readonly name: string | null | undefined;
  readonly collation?: number;
}

/** What MariaDB adds to tables that keep their history, unless they name it themselves. */
const hasHistory = (columns: readonly ColumnSchema[]): boolean =>
  columns.at(-2)?.COLUMN_NAME === 'row_start' && columns.at(-1)?.COLUMN_NAME === 'row_end';

/** Beginning and end of a period are times or numbers of transactions, under any names. */
const hasPeriod = (columns: readonly ColumnSchema[]): boolean =>
  ['timestamp(6)', 'bigint unsigned'].some((type) => columns.filter(({ COLUMN_TYPE }) => COLUMN_TYPE === type).length >= 2);

const hasHidden = (columns: readonly ColumnSchema[]): boolean => columns.some(({ COLUMN_NAME }) => HIDDEN.test(COLUMN_NAME));

const lessColumns = (table: string): ConnectError =>
  new ConnectError('WRONG_KIND', `table ${table} had more columns when rows were written that are still to be copied`, {
    remedy:
      'leave the table out by source.excludeTables; set binlog_row_metadata to FULL where the server has it, and changes are followed',
  });

const changed = (column: string): ConnectError =>
  new ConnectError('WRONG_KIND', `column ${column} was of another type when rows were written that are still to be copied`, {
    remedy:
      'leave the table out by source.excludeTables; set binlog_row_metadata to FULL where the server has it, and changes are followed',
  });

const gone = (table: string): ConnectError =>
  new ConnectError('NOT_FOUND', `table ${table} is gone, or hidden from this user, and the log does not name its columns`, {
    remedy: 'name it in source.excludeTables; where the server has binlog_row_metadata, set it to FULL for what is written from now on',
  });
