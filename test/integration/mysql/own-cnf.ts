import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Server } from '../../../infra/local/servers/server.ts';

/** The same server with other settings in its configuration file; the last one of a name counts. */
export const withCnf = (server: Server, settings: readonly string[]): Server => ({
  ...server,
  async prepare(site) {
    await server.prepare?.(site);
    await appendFile(join(site.dir, 'my.cnf'), `${settings.join('\n')}\n`);
  },
});
