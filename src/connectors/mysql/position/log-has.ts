import type { Position } from '../../../api/index.ts';
import type { MysqlServer } from '../server/server.ts';
import type { ServerFacts } from '../server/server-facts.ts';
import { reaches } from './gtids.ts';
import { logEnd } from './log-end.ts';
import { comparePlaces, parsePosition } from './position.ts';
import { startBoundary } from './start-boundary.ts';

/** False where the server no longer has the log from a position of the stream on. */
export async function logHas(server: MysqlServer, facts: ServerFacts, position: Position): Promise<boolean> {
  const { boundary } = parsePosition(position);
  const first = await startBoundary(server, facts, 'earliest', await logEnd(server, facts));
  if ('gtids' in boundary) return !('gtids' in first) || reaches(boundary.gtids, first.gtids, facts.isMariadb);
  const files = await server.query<{ Log_name: string }>('SHOW BINARY LOGS');
  const oldest = files[0]?.Log_name;
  return oldest !== undefined && comparePlaces(boundary, { file: oldest, offset: 0 }) >= 0;
}
