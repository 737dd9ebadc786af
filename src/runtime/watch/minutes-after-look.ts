import { lookTimes } from '../../config/look-times.ts';
import type { WatchStore } from '../../store/store.ts';
import { minutesToNextLook } from './next-look.ts';

/**
 * Returns in how many minutes after a look at `lookedAt`, ms since 1970, in which nothing was found, the next one is due, as the connector and
 * its tasks are now: records that came since, a plan or a `resume` bring it forward. Undefined where no freshness says when looks come.
 */
export async function minutesAfterLook(name: string, lookedAt: number, store: Pick<WatchStore, 'watch'>): Promise<number | undefined> {
  const { connector, tasks } = await store.watch(name);
  const times = connector && lookTimes(connector.spec.trigger);
  return times && minutesToNextLook({ times, connector, tasks, found: 'nothing', now: lookedAt });
}
