import { ConnectError } from '../../api/index.ts';
import type { SkipResult } from '../planner-api.ts';
import type { ChangeDeps } from './change-record.ts';
import { mustExist } from './status.ts';

/**
 * Lets the next run of a task go on behind a record that can't be copied. Only a place where a partition stands now can be named, so
 * that nobody skips a record by a slip of the hand. It is logged, and repeatable.
 */
export async function skip(name: string, place: string, deps: ChangeDeps): Promise<SkipResult> {
  const { generation } = await mustExist(name, deps);
  const items = await deps.store.listTasks(name);
  const stopped = items.flatMap(({ connector, task, lastRun }) =>
    (lastRun?.stopped ?? []).flatMap((stop) => (stop.place === undefined ? [] : [{ ref: { connector, task }, ...stop }])),
  );
  const found = stopped.find((stop) => stop.place === place);
  if (found === undefined) throw notThere(name, place, stopped);
  const reason = `${found.code}: ${found.message}`;
  await deps.change.begin(name, { generation }, { skipped: { place, reason } });
  await deps.store.addSkip(found.ref, place);
  deps.logger.warn('a user skips a record', { ...found.ref, place, reason: found.message });
  return { ...found.ref, place, reason };
}

const SHOWN = 5;

function notThere(name: string, place: string, stopped: ReadonlyArray<{ readonly place?: string }>): ConnectError {
  const places = stopped.slice(0, SHOWN).map((stop) => `'${stop.place}'`);
  const others = places.length === 0 ? 'no partition of it stands at a record' : `its partitions stand at ${places.join(', ')}`;
  return new ConnectError('NOT_FOUND', `connector ${name} does not stand at '${place}': ${others}`, {
    remedy: places.length === 0 ? `see \`rocketmq-connect status ${name}\`` : 'name one of these places',
  });
}
