import { columnTypeOf } from '../columns/column-type.ts';
import type { Table } from '../columns/table.ts';
import { keepsHistory, selectTables } from '../select-tables.ts';
import type { Selection } from '../selection.ts';
import type { MysqlServer } from '../server.ts';

export interface StoredTable extends Table {
  /** About how many rows it has, as the server guesses. */
  readonly rows: number;
}

interface ColumnRow {
  readonly db: string;
  readonly name: string;
  readonly column: string;
  readonly type: string;
  readonly charset: string | null;
}

interface KeyRow {
  readonly db: string;
  readonly name: string;
  readonly column: string;
}

/** The tables that a selection names, as they are now. In the order of their names. Throws WRONG_KIND for one that can't be copied. */
export async function readTables(server: MysqlServer, selection: Pick<Selection, 'table'>): Promise<StoredTable[]> {
  const selected = await selectTables(server, selection);
  const versioned = selected.find(({ isVersioned }) => isVersioned);
  if (versioned !== undefined) throw keepsHistory(versioned);
  if (selected.length === 0) return [];
  const databases = [...new Set(selected.map(({ database }) => database))];
  const columns = groupByTable(
    await server.query<ColumnRow>(
      `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, COLUMN_NAME AS \`column\`, COLUMN_TYPE AS type, CHARACTER_SET_NAME AS charset
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN (?) ORDER BY ORDINAL_POSITION`,
      [databases],
    ),
  );
  const keys = groupByTable(
    await server.query<KeyRow>(
      `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, COLUMN_NAME AS \`column\`
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA IN (?) AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
      [databases],
    ),
  );
  return selected.map(({ database: db, table: name, rows }) => {
    const own = columns.get(nameOf({ db, name })) ?? [];
    const key = keys.get(nameOf({ db, name })) ?? [];
    return {
      database: db,
      name,
      rows,
      columns: own.map(({ column, type, charset }) => ({ name: column, type: columnTypeOf({ columnType: type, charset }) })),
      primaryKey: key.map(({ column }) => own.findIndex((each) => each.column === column)),
    };
  });
}

const nameOf = ({ db, name }: { readonly db: string; readonly name: string }): string => `${db}.${name}`;

const groupByTable = <T extends { readonly db: string; readonly name: string }>(rows: readonly T[]): Map<string, T[]> =>
  Map.groupBy(rows, nameOf);
