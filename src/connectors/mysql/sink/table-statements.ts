import { quoteName, type TableName } from '../tables/table-name.ts';
import type { Queries } from './target-table.ts';

/** A column to be made. */
export interface NewColumn {
  readonly name: string;
  /** As in a statement: `DECIMAL(10,2)`. */
  readonly type: string;
}

/** What a server knows of what tables are made of. */
export interface ServerTypes {
  readonly hasJson: boolean;
  /** Of the collations that take no two texts for one, the best that it has. */
  readonly exactCollation: string;
}

/** Each is exact to the last space, unlike utf8mb4_bin, which all servers have. */
const TO_THE_LAST_SPACE = ['utf8mb4_0900_bin', 'utf8mb4_nopad_bin'];

export async function serverTypes(server: Queries): Promise<ServerTypes> {
  const [row] = await server.query<{ version: string }>('SELECT VERSION() AS version');
  const version = row?.version ?? '';
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const number = major * 10_000 + minor * 100 + patch;
  const [found] = await server.query<{ name: string }>(
    `SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN (?, ?) LIMIT 1`,
    TO_THE_LAST_SPACE,
  );
  return { hasJson: number >= (/mariadb/i.test(version) ? 100_207 : 50_708), exactCollation: found?.name ?? 'utf8mb4_bin' };
}

export const addColumns = ({ database, table }: TableName, columns: readonly NewColumn[]): string =>
  `ALTER TABLE ${quoteName(database, table)} ${columns.map(({ name, type }) => `ADD COLUMN ${quoteName(name)} ${type} NULL`).join(', ')}`;

/** `key`: columns of the primary key, in their order; none of them is among the others. */
export function createTable({ database, table }: TableName, key: readonly NewColumn[], others: readonly NewColumn[]): string {
  const parts = [
    ...key.map(({ name, type }) => `${quoteName(name)} ${type} NOT NULL`),
    ...others.map(({ name, type }) => `${quoteName(name)} ${type} NULL`),
    ...(key.length === 0 ? [] : [`PRIMARY KEY (${key.map(({ name }) => quoteName(name)).join(', ')})`]),
  ];
  return `CREATE TABLE IF NOT EXISTS ${quoteName(database, table)} (${parts.join(', ')}) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4`;
}
