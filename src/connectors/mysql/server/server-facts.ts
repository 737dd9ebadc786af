import type { MysqlServer } from './server.ts';

/** Facts about a server that the connector needs before it reads. */
export interface ServerFacts {
  readonly version: string;
  readonly isMariadb: boolean;
  readonly serverId: number;
  /** True if GTIDs identify places in the log; else files and offsets do. */
  readonly gtids: boolean;
}

interface Variables {
  readonly version: string;
  readonly serverId: number;
}

export async function serverFacts(server: MysqlServer): Promise<ServerFacts> {
  const [row] = await server.query<Variables>('SELECT VERSION() AS version, @@server_id AS serverId');
  const { version, serverId } = row as Variables;
  const isMariadb = /mariadb/i.test(version);
  const gtids = isMariadb || (await variable(server, 'gtid_mode')) === 'ON';
  return { version, isMariadb, serverId, gtids };
}

/** A setting; undefined where this server does not know it. */
export async function variable(server: MysqlServer, name: string): Promise<string | undefined> {
  const [row] = await server.query<{ Value: string }>('SHOW GLOBAL VARIABLES LIKE ?', [name]);
  return row?.Value;
}

/** Returns this user's rights, each as a GRANT or REVOKE statement. Asks without a user's name, because MariaDB then includes the rights of roles. */
export async function grantsOf(server: MysqlServer): Promise<string[]> {
  const rows = await server.query<Record<string, string>>('SHOW GRANTS');
  return rows.flatMap((row) => Object.values(row));
}

/** A status counter, the first whose name matches; undefined where this server counts no such thing. `like`: what to ask for. */
export async function statusValue(server: MysqlServer, name: RegExp, like: string): Promise<string | undefined> {
  const rows = await server.query<{ Variable_name: string; Value: string }>('SHOW GLOBAL STATUS LIKE ?', [like]);
  return rows.find((row) => name.test(row.Variable_name))?.Value;
}

const knownCase = new WeakMap<MysqlServer, boolean>();

/** The configuration, for names as the server compares them. It can't change while the server runs, and is asked for once a connection. */
export async function asServerCompares<C extends object>(server: MysqlServer, config: C): Promise<C & { readonly ignoresCase?: boolean }> {
  const ignoresCase = knownCase.get(server) ?? Number((await variable(server, 'lower_case_table_names')) ?? 0) > 0;
  knownCase.set(server, ignoresCase);
  return ignoresCase ? { ...config, ignoresCase } : config;
}
