import { ConnectError, type Position } from '../../../api/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { MysqlServer } from '../server/server.ts';
import { type ServerFacts, variable } from '../server/server-facts.ts';
import { reaches } from './gtids.ts';
import { gtidsBefore, type LogEnd, logEnd, logFiles } from './log-end.ts';
import { type Boundary, comparePlaces, type LogPlace, parsePosition } from './position.ts';

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
  const [first] = await logFiles(server);
  const place = { file: first?.name ?? '', offset: 4 };
  if (!facts.gtids || facts.isMariadb) return gtidsAt(server, facts, place);
  const purged = ((await variable(server, 'gtid_purged')) ?? '').replace(/\s/g, '');
  return { gtids: purged, at: { serverId: facts.serverId, ...place } };
}

async function placeIn(server: MysqlServer, facts: ServerFacts, place: LogPlace): Promise<Boundary> {
  const files = await logFiles(server);
  const file = files.find(({ name }) => name === place.file);
  if (file !== undefined && place.offset <= file.bytes) return gtidsAt(server, facts, place);
  const has = file === undefined ? `has ${files[0]?.name} to ${files.at(-1)?.name}` : `has ${file.bytes} bytes of it`;
  throw new ConnectError('CONFIG_INVALID', `source.startAt: the server has no ${place.file}:${place.offset}, it ${has}`, {
    remedy: 'give a place as SHOW MASTER STATUS tells it (MySQL 8.4: SHOW BINARY LOG STATUS), or earliest',
  });
}

/** MariaDB knows the transactions before a place; elsewhere the place itself stays the boundary. */
async function gtidsAt(server: MysqlServer, { isMariadb, serverId }: ServerFacts, place: LogPlace): Promise<Boundary> {
  if (!isMariadb) return place;
  const gtids = await gtidsBefore(server, place);
  return gtids === undefined ? place : { gtids, at: { serverId, ...place } };
}

/** False where the server no longer has the log from a position of the stream on. */
export async function logHas(server: MysqlServer, facts: ServerFacts, position: Position): Promise<boolean> {
  const { boundary } = parsePosition(position);
  const first = await startBoundary(server, facts, 'earliest', await logEnd(server, facts));
  if ('gtids' in boundary) return !('gtids' in first) || reaches(boundary.gtids, first.gtids, facts.isMariadb);
  const [oldest] = await logFiles(server);
  return oldest !== undefined && comparePlaces(boundary, { file: oldest.name, offset: 0 }) >= 0;
}
