import type { ClientCache } from '../../../api/index.ts';
import { connectionKey, type MysqlConnectionConfig } from './connection-options.ts';
import { MysqlServer } from './server.ts';

/** The server that a configuration names, over a connection that is kept between invocations. */
export const warmServer = (config: MysqlConnectionConfig, clients: ClientCache): Promise<MysqlServer> =>
  clients.get(
    connectionKey(config),
    async () => new MysqlServer(config),
    (server) => server.close(),
  );
