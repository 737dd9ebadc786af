import type { Selection } from '../config/selection.ts';
import type { MysqlServer } from '../server/server.ts';
import { keepsHistory, selectTables } from './select-tables.ts';
import type { Table } from './table.ts';
import { definedTable, type TableDefinition, tableDefinitions } from './table-definitions.ts';
import { qualifiedName } from './table-name.ts';

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
