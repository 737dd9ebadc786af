import type { ColumnSchema, TableMapEntry, TableMapEvent } from '@vlasky/zongji';
import { ConnectError } from '../../../../api/index.ts';
import type { MysqlServer } from '../../server/server.ts';
import { alteredTime, tableEngine, tableType } from '../../tables/information-schema.ts';
import { keepsHistory } from '../../tables/select-tables.ts';
import { fullName, type Table } from '../../tables/table.ts';
import { type TableDefinition, tableDefinition } from '../../tables/table-definitions.ts';
import { qualifiedName, type TableName } from '../../tables/table-name.ts';
import { charsetsOf, type ServerCharsets } from '../../values/charsets/server-charsets.ts';
import type { TableWriter } from '../../values/table-writer.ts';
import { type Packet, tableIdOf, tableNamedIn } from '../events/event.ts';
import { type ColumnCharset, columnCharsets, textOrBytes } from './column-charsets.ts';
import { type Described, loggedTable } from './logged-table.ts';
import { hasHistory, isAmbiguous, looksLikeSequence, mayBeAddress } from './mariadb-columns.ts';
import { damagedDescription, gone, otherColumns, readAsItIsNow } from './table-refusals.ts';

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

/**
 * What the log says about tables before their rows. Each version of a table has a number; the reader is told once for each how its
 * values are wanted.
 */
export class TableMaps {
  readonly #server: MysqlServer;
  readonly #isMariadb: boolean;
  readonly #makeWriter: (table: Table) => TableWriter;
  readonly #onNotice: (notice: string) => void;
  /** Numbers of what is no table. */
  readonly #leftOut = new Set<number>();
  readonly #prepared = new Map<number, Prepared>();
  /** What the reader knows of tables, by number. */
  #known: Record<number, TableMapEntry> | undefined;
  /** Of tables that the log did not describe itself, by number. */
  readonly #described = new Map<number, Described>();
  /** Tables whose rows can't be copied, by number. */
  readonly #refused = new Map<number, RefusedTable>();
  /** Of the server that the log is read from. */
  readonly charsets: ServerCharsets;
  /** What the event that is read last was read from. */
  packet: Packet | undefined;

  /** `onNotice`: hears what is not copied or may be wrong, in a sentence for people. */
  constructor(server: MysqlServer, isMariadb: boolean, makeWriter: (table: Table) => TableWriter, onNotice: (notice: string) => void) {
    this.#server = server;
    this.#isMariadb = isMariadb;
    this.#makeWriter = makeWriter;
    this.#onNotice = onNotice;
    this.charsets = charsetsOf(server);
  }

  /** Numbers begin anew where the server does, which begins a new file. */
  clear(): void {
    for (const tableId of this.#prepared.keys()) delete this.#known?.[tableId];
    this.#prepared.clear();
    this.#described.clear();
    this.#leftOut.clear();
    this.#refused.clear();
  }

  /** The description with this body can't be decoded: nor can the rows that follow it. */
  damaged(body: Buffer, why: string): void {
    const { database, table } = tableNamedIn(body);
    const name = qualifiedName(database, table);
    this.#refused.set(tableIdOf(body), { table: name, error: damagedDescription(name, why) });
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
    const definition = await tableDefinition(this.#server, nameOf(event));
    const count = definition?.columns.length;
    if (definition === undefined || count !== event.columnCount) {
      const error = count === undefined ? gone(name) : otherColumns(name, count < event.columnCount ? 'more' : 'fewer');
      this.#refused.set(tableId, { table: name, error });
      return undefined;
    }
    if (await this.#wasAltered(event)) this.#onNotice(readAsItIsNow(name));
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
  async isInMemory(table: TableName): Promise<boolean> {
    return (await tableEngine(this.#server, table)) === 'MEMORY';
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
    const { tableId, tableMap } = event;
    const entry = tableMap[tableId] as TableMapEntry;
    if (this.#isMariadb && looksLikeSequence(entry.columnSchemas)) {
      const type = await tableType(this.#server, nameOf(event));
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
    const ambiguous = this.#isMariadb && isAmbiguous(event);
    const definition = ambiguous ? await tableDefinition(this.#server, nameOf(event)) : undefined;
    if (definition !== undefined) await this.#tellAltered(event, definition);
    const isVersioned = ambiguous && (await tableType(this.#server, nameOf(event))) === 'SYSTEM VERSIONED';
    this.#try(event, { definition, charsets }, isVersioned);
  }

  /** Columns are read as what they are now where their bytes could also be another type's. */
  async #tellAltered(event: TableMapEvent, { columns }: TableDefinition): Promise<void> {
    const { schemaName, tableName, tableMap, tableId } = event;
    const names = (tableMap[tableId] as TableMapEntry).columnSchemas.map(({ COLUMN_NAME }) => COLUMN_NAME);
    const doubtful = columns.filter(({ name }) => names.includes(name) && mayBeAddress(event, names.indexOf(name)));
    if (doubtful.length === 0 || !(await this.#wasAltered(event))) return;
    const read = doubtful.map(({ name, columnType }) => `${name} as ${columnType}`).join(', ');
    this.#onNotice(
      `${qualifiedName(schemaName, tableName)} was altered after rows were written that are copied now, and the log does not tell a UUID or an address from other bytes: columns are read as what they are now, ${read}`,
    );
  }

  /** Whether the table is a newer one than when its rows were written. */
  async #wasAltered(event: TableMapEvent): Promise<boolean> {
    const alteredAt = await alteredTime(this.#server, nameOf(event));
    return alteredAt !== undefined && alteredAt > event.timestamp;
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
    this.#onNotice(`${qualifiedName(schemaName, tableName)} is a sequence, not a table: its values are not copied`);
  }

  #charsetsOf(event: TableMapEvent, now: ReadonlyArray<string | null>): Promise<ColumnCharset[]> {
    return columnCharsets(event, now, { charsets: this.charsets, isMariadb: this.#isMariadb, packet: this.packet });
  }

  #prepare(event: TableMapEvent, described: Described): void {
    const { schemaName: database, tableName: name, tableId, tableMap } = event;
    if (this.#isMariadb && hasHistory((tableMap[tableId] as TableMapEntry).columnSchemas)) throw keepsHistory({ database, table: name });
    const { table, entry } = loggedTable(event, described, this.#isMariadb, this.charsets);
    const writer = this.#makeWriter(table);
    tableMap[tableId] = entry;
    this.#prepared.set(tableId, { writer, entry });
  }
}

const nameOf = ({ schemaName: database, tableName: table }: TableMapEvent): TableName => ({ database, table });
