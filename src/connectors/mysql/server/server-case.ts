import type { MysqlServer } from './server.ts';
import { variable } from './server-facts.ts';

const known = new WeakMap<MysqlServer, boolean>();

/** The configuration, for names as the server compares them. It can't change while the server runs, and is asked for once a connection. */
export async function asServerCompares<C extends object>(server: MysqlServer, config: C): Promise<C & { readonly ignoresCase?: boolean }> {
  const ignoresCase = known.get(server) ?? Number((await variable(server, 'lower_case_table_names')) ?? 0) > 0;
  known.set(server, ignoresCase);
  return ignoresCase ? { ...config, ignoresCase } : config;
}
