import type { Selection } from '../config/selection.ts';
import type { MysqlServer } from '../server/server.ts';
import { columnTypeOf } from './column-type.ts';
import { keyIn } from './key-in.ts';
import { keepsHistory, selectTables } from './select-tables.ts';
import type { Table } from './table.ts';
import { qualifiedName } from './table-name.ts';

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
  readonly keyed: string;
}

interface IndexRow {
  readonly db: string;
  readonly name: string;
  readonly index: string;
  readonly column: string | null;
  readonly position: number | string;
  readonly nonUnique: number | string;
  readonly prefix: number | string | null;
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
      `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, COLUMN_NAME AS \`column\`, COLUMN_TYPE AS type, CHARACTER_SET_NAME AS charset,
              COLUMN_KEY AS keyed
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN (?) ORDER BY ORDINAL_POSITION`,
      [databases],
    ),
  );
  const keys = groupByTable(
    await server.query<IndexRow>(
      `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, INDEX_NAME AS \`index\`, COLUMN_NAME AS \`column\`, SEQ_IN_INDEX AS position, NON_UNIQUE AS nonUnique,
              SUB_PART AS prefix
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA IN (?)`,
      [databases],
    ),
  );
  return selected.map(({ database: db, table: name, rows }) => {
    const own = columns.get(nameOf({ db, name })) ?? [];
    const parts = (keys.get(nameOf({ db, name })) ?? []).map(({ nonUnique, column, ...part }) => ({
      ...part,
      column: column ?? '',
      isUnique: Number(nonUnique) === 0,
    }));
    const marked = own.filter(({ keyed }) => keyed === 'PRI').map(({ column }) => column);
    const key = keyIn(marked, parts);
    return {
      database: db,
      name,
      rows,
      columns: own.map(({ column, type, charset }) => ({ name: column, type: columnTypeOf({ columnType: type, charset }) })),
      primaryKey: (key?.columns ?? []).map((column) => own.findIndex((each) => each.column === column)),
      ...(key !== undefined && { keyIndex: key.index }),
    };
  });
}

const nameOf = ({ db, name }: { readonly db: string; readonly name: string }): string => qualifiedName(db, name);

const groupByTable = <T extends { readonly db: string; readonly name: string }>(rows: readonly T[]): Map<string, T[]> =>
  Map.groupBy(rows, nameOf);
