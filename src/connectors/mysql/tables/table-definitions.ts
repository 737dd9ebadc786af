import type { Selection } from '../config/selection.ts';
import type { MysqlServer } from '../server/server.ts';
import { type AskedTables, type IndexPart, storedColumns, storedIndexParts } from './information-schema.ts';
import { keepsHistory, selectTables } from './select-tables.ts';
import { columnTypeOf, type Table } from './table.ts';
import { qualifiedName, type TableName } from './table-name.ts';

/** A table as the server has it now. */
export interface TableDefinition {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly columnType: string; readonly charset: string | null }>;
  /** Names, in the order of the key; see `keyIn`. */
  readonly primaryKey: readonly string[];
  /** Name of the key's index; undefined where there is no key. */
  readonly keyIndex: string | undefined;
}

/** Undefined where there is no such table, or none that this user may see. */
export async function tableDefinition(server: MysqlServer, { database, table }: TableName): Promise<TableDefinition | undefined> {
  const asked: AskedTables = { databases: [database], tables: [table] };
  const columns = await storedColumns(server, asked);
  return columns.length === 0 ? undefined : definitionOf(columns, await storedIndexParts(server, asked));
}

/** Definitions of all tables of these databases, by their full names. */
export async function tableDefinitions(server: MysqlServer, databases: readonly string[]): Promise<ReadonlyMap<string, TableDefinition>> {
  const columns = Map.groupBy(await storedColumns(server, { databases }), fullNameOf);
  const parts = Map.groupBy(await storedIndexParts(server, { databases }), fullNameOf);
  return new Map([...columns].map(([name, own]) => [name, definitionOf(own, parts.get(name) ?? [])]));
}

type Column = TableDefinition['columns'][number] & { readonly keyed: string };

function definitionOf(columns: readonly Column[], parts: readonly IndexPart[]): TableDefinition {
  const marked = columns.filter(({ keyed }) => keyed === 'PRI').map(({ name }) => name);
  const key = keyIn(marked, parts);
  return {
    columns: columns.map(({ name, columnType, charset }) => ({ name, columnType, charset })),
    primaryKey: key?.columns ?? [],
    keyIndex: key?.index,
  };
}

export interface TableKey {
  readonly index: string;
  /** In their order. */
  readonly columns: readonly string[];
}

/**
 * What tells a table's rows apart, as the server itself chooses it and writes it to its log: the primary key, else the first unique one of
 * columns that are never null. `marked`: the columns that it says are of it (COLUMN_KEY is PRI). `parts`: of all indexes, these in
 * the server's order; the parts of one in any order. Undefined where there is none.
 */
export function keyIn(marked: readonly string[], parts: readonly IndexPart[]): TableKey | undefined {
  for (const [index, own] of Map.groupBy(parts, (part) => part.index)) {
    // Servers answer in the order of their plan, and a sort by them would mix the indexes.
    const columns = own.toSorted((a, b) => Number(a.position) - Number(b.position)).map(({ column }) => column);
    if (index === 'PRIMARY') return { index, columns };
    if (own.some(({ isUnique, prefix }) => !isUnique || prefix !== null)) continue;
    if (columns.length === marked.length && columns.every((column) => marked.includes(column))) return { index, columns };
  }
  return undefined;
}

/** The table, as rows of it are read by queries now. */
function definedTable({ database, table }: TableName, { columns, primaryKey, keyIndex }: TableDefinition): Table {
  return {
    database,
    name: table,
    columns: columns.map((column) => ({ name: column.name, type: columnTypeOf(column) })),
    primaryKey: primaryKey.map((key) => columns.findIndex((column) => column.name === key)),
    ...(keyIndex !== undefined && { keyIndex }),
  };
}

const fullNameOf = ({ database, table }: TableName): string => qualifiedName(database, table);

export interface StoredTable extends Table {
  /** About how many rows it has, as the server guesses. */
  readonly rows: number;
}

/** Of a table whose columns are hidden from this user. */
const NOTHING: TableDefinition = { columns: [], primaryKey: [], keyIndex: undefined };

/** The tables that a selection names, as they are now. In the order of their names. Throws WRONG_KIND for one that can't be copied. */
export async function readTables(server: MysqlServer, selection: Pick<Selection, 'table'>): Promise<StoredTable[]> {
  const selected = await selectTables(server, selection);
  const versioned = selected.find(({ isVersioned }) => isVersioned);
  if (versioned !== undefined) throw keepsHistory(versioned);
  if (selected.length === 0) return [];
  const definitions = await tableDefinitions(server, [...new Set(selected.map(({ database }) => database))]);
  return selected.map((table) => {
    const definition = definitions.get(qualifiedName(table.database, table.table)) ?? NOTHING;
    return { ...definedTable(table, definition), rows: table.rows };
  });
}
