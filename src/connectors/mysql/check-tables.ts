import { errorFinding, type Finding, toConnectError } from '../../api/index.ts';
import type { MysqlSourceConfig } from './config.ts';
import { keepsHistory, selectTables } from './select-tables.ts';
import { Selection } from './selection.ts';
import type { MysqlServer } from './server.ts';

/** Tables that are named must be there and be readable; of patterns, one at least should match. */
export async function checkTables(server: MysqlServer, config: MysqlSourceConfig): Promise<Finding[]> {
  const named = config.tables.filter((pattern) => !pattern.includes('*'));
  const selected = await selectTables(server, new Selection(config));
  const versioned = selected.filter(({ isVersioned }) => isVersioned).map((table) => errorFinding('source.tables', keepsHistory(table)));
  const findings = [...(await Promise.all(named.map((table) => checkTable(server, table)))).flat(), ...versioned];
  if (findings.length > 0 || named.length > 0 || selected.length > 0) return findings;
  const message = `no table matches ${config.tables.join(', ')}, as far as this user may see`;
  return [{ level: 'warning', code: 'NOT_FOUND', option: 'source.tables', message, remedy: 'correct it, or grant SELECT on the tables' }];
}

async function checkTable(server: MysqlServer, name: string): Promise<Finding[]> {
  try {
    await server.query('SELECT 1 FROM ?? LIMIT 0', [name]);
    return [];
  } catch (error) {
    const { code, remedy = 'correct it' } = toConnectError(error);
    if (code !== 'NOT_FOUND' && code !== 'FORBIDDEN') throw error;
    const message = code === 'NOT_FOUND' ? `there is no table ${name}` : `table ${name} may not be read by this user`;
    return [{ level: 'error', code, option: 'source.tables', message, remedy }];
  }
}
