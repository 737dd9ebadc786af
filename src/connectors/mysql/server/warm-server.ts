import type { ClientCache, Direction } from '../../../api/index.ts';
import type { MysqlConnectionConfig } from '../config/connection-config.ts';
import { connectionKey } from './connection-options.ts';
import { MysqlServer } from './server.ts';

/** The server that a section's configuration names, over a connection that is kept between invocations. */
export const warmServer = (config: MysqlConnectionConfig, section: Direction, clients: ClientCache): Promise<MysqlServer> =>
  clients.get(
    connectionKey(config, section),
    async () => new MysqlServer(config, section),
    (server) => server.close(),
  );
