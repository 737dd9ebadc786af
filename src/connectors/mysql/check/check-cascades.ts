import type { Finding } from '../../../api/index.ts';
import type { MysqlServer } from '../server/server.ts';
import { foreignKeys } from '../tables/information-schema.ts';
import { qualifiedName, type TableName } from '../tables/table-name.ts';

const NAMED = 5;

/** Warns of tables whose rows foreign keys change or delete: servers do not write that to their log. */
export async function checkCascades(server: MysqlServer, selected: readonly TableName[]): Promise<Finding[]> {
  if (selected.length === 0) return [];
  const keys = await foreignKeys(server, [...new Set(selected.map(({ database }) => database))]);
  const names = new Set(selected.map(({ database, table }) => qualifiedName(database, table)));
  const changes = keys.filter(({ onUpdate, onDelete }) => [onUpdate, onDelete].some((rule) => /^(CASCADE|SET)/.test(rule)));
  const found = [...new Set(changes.map(({ database, table }) => qualifiedName(database, table)))].filter((name) => names.has(name));
  if (found.length === 0) return [];
  const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : '';
  return [
    {
      level: 'warning',
      code: 'WRONG_KIND',
      option: 'source.tables',
      message: `foreign keys change or delete rows of ${found.slice(0, NAMED).join(', ')}${more} (ON DELETE or UPDATE, CASCADE or SET NULL), and the log has none of that`,
      remedy:
        'change such rows by statements of their own, or have consumers follow the foreign keys, too; a snapshot on demand brings what was set to NULL',
    },
  ];
}
