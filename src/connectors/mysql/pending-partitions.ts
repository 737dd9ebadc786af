import { type Position, type TaskConfig, toConnectError } from '../../api/index.ts';
import type { MysqlSourceConfig } from './config/source-config.ts';
import { parsePosition, parseWithSnapshot, STREAM } from './position/position.ts';
import type { MysqlServer } from './server/server.ts';
import { DONE, type PlannedStream, taskOptions } from './snapshot/task-options.ts';

/**
 * Names the ranges that are not read to their ends, and the log where it goes on behind its position. The log counts as long as it waits for
 * a snapshot, and always with `heartbeat`, because each run sends one. `openServer` is called only where the server has to be asked.
 */
export async function pendingPartitions(
  openServer: () => Promise<MysqlServer>,
  config: MysqlSourceConfig,
  split: readonly TaskConfig[],
  positions: ReadonlyMap<string, Position>,
): Promise<ReadonlySet<string>> {
  const names = split.flatMap(({ partitions }) => partitions);
  const pending = new Set(names.filter((name) => name !== STREAM && positions.get(name) !== DONE));
  if (!names.includes(STREAM)) return pending;
  const planned = split.map((one) => taskOptions(one).stream).find((stream) => stream !== undefined);
  const place = placeOf(positions.get(STREAM), planned);
  if (place === undefined || config.heartbeat || (await goesOn(await openServer(), config, place))) pending.add(STREAM);
  return pending;
}

/** Where the log goes on; undefined where a run has to find that out, and inside a transaction. */
function placeOf(stored: Position | undefined, planned: PlannedStream | undefined): Position | undefined {
  if (stored === undefined) return undefined;
  const { snapshot, place } = parseWithSnapshot(stored);
  if (snapshot < Math.max(planned?.snapshot ?? 0, planned?.begins ?? 0)) return undefined;
  return parsePosition(place).inside === undefined ? place : undefined;
}

/** Whether a run would find something. A place that this server does not have counts: the run says so. */
async function goesOn(server: MysqlServer, config: MysqlSourceConfig, place: Position): Promise<boolean> {
  const { openStart } = await import('./log/open-start.ts');
  try {
    const { caughtUp, unsent } = await openStart(server, config, place);
    return !caughtUp || unsent.length > 0;
  } catch (error) {
    if (toConnectError(error).code === 'POSITION_LOST') return true;
    throw error;
  }
}
