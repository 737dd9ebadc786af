import { ConnectError } from '../../../api/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { MysqlServer } from '../server/server.ts';
import { type ServerFacts, variable } from '../server/server-facts.ts';
import type { LogEnd } from './log-end.ts';
import type { Boundary, LogPlace } from './position.ts';

/** Where a stream begins that was never read. Throws CONFIG_INVALID where the server can't be read from there. */
export async function startBoundary(
  server: MysqlServer,
  facts: ServerFacts,
  startAt: MysqlSourceConfig['startAt'],
  end: LogEnd,
): Promise<Boundary> {
  const { serverId } = facts;
  if (startAt === 'latest') return facts.gtids ? { gtids: end.gtids, at: { serverId, ...end.place } } : end.place;
  if (startAt === 'earliest') return earliest(server, facts);
  if ('file' in startAt) return placeIn(server, facts, startAt);
  if (facts.gtids) return { gtids: startAt.gtids.replace(/\s/g, '') };
  throw new ConnectError('CONFIG_INVALID', 'source.startAt.gtids: the server has no GTIDs', {
    remedy: 'give file and offset, or set gtid_mode on the server',
  });
}

async function earliest(server: MysqlServer, facts: ServerFacts): Promise<Boundary> {
  const [first] = await server.query<{ Log_name: string }>('SHOW BINARY LOGS');
  const place = { file: first?.Log_name ?? '', offset: 4 };
  if (!facts.gtids || facts.isMariadb) return gtidsAt(server, facts, place);
  const purged = ((await variable(server, 'gtid_purged')) ?? '').replace(/\s/g, '');
  return { gtids: purged, at: { serverId: facts.serverId, ...place } };
}

async function placeIn(server: MysqlServer, facts: ServerFacts, place: LogPlace): Promise<Boundary> {
  const files = await server.query<{ Log_name: string; File_size: number | string }>('SHOW BINARY LOGS');
  const file = files.find(({ Log_name }) => Log_name === place.file);
  if (file !== undefined && place.offset <= Number(file.File_size)) return gtidsAt(server, facts, place);
  const has = file === undefined ? `has ${files[0]?.Log_name} to ${files.at(-1)?.Log_name}` : `has ${file.File_size} bytes of it`;
  throw new ConnectError('CONFIG_INVALID', `source.startAt: the server has no ${place.file}:${place.offset}, it ${has}`, {
    remedy: 'give a place as SHOW MASTER STATUS tells it (MySQL 8.4: SHOW BINARY LOG STATUS), or earliest',
  });
}

/** MariaDB knows the transactions before a place; elsewhere the place itself stays the boundary. */
async function gtidsAt(server: MysqlServer, { isMariadb, serverId }: ServerFacts, place: LogPlace): Promise<Boundary> {
  if (!isMariadb) return place;
  const [row] = await server.query<{ gtids: string | null }>('SELECT BINLOG_GTID_POS(?, ?) AS gtids', [place.file, place.offset]);
  return row === undefined || row.gtids === null ? place : { gtids: row.gtids, at: { serverId, ...place } };
}
