import { ConnectError } from '../../api/index.ts';
import { lookTimes } from '../../config/look-times.ts';
import { memoryOf, NOTHING_COUNTED, plus, sumOf } from '../../store/counters.ts';
import type { Counters, RunItem, TaskItem, TaskRef } from '../../store/store.ts';
import type { UsageResult } from '../planner-api.ts';
import { countersAt, type Point } from './counters-at.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { mustExist } from './status.ts';

/** So many run items are read on each side of `since` to find one of each task. Tasks without one among them count as idle there. */
const MOST_RUNS = 2_000;

/** Returns what the runs of a connector used since `since`, ms since 1970. Runs of tasks that are gone are not known any more. */
export async function usageOf(name: string, since: number, deps: Pick<PlannerDeps, 'store'>): Promise<UsageResult> {
  if (!Number.isFinite(since)) throw new ConnectError('CONFIG_INVALID', 'since: a time is expected', { remedy: 'send ms since 1970' });
  const { spec, tasks } = await mustExist(name, deps);
  const items = await deps.store.listTasks(name);
  // Whoever has counted nothing before needs no look at earlier runs.
  const older = items.filter(({ countedSince = since }) => countedSince < since);
  const before = await firstOfEach(deps.store.runsFrom(name, since, true), older);
  const after = await firstOfEach(deps.store.runsFrom(name, since), older);
  const usage = sumOf(items.map((item) => usedSince(item, since, before.get(item.task), after.get(item.task))));
  const memoryMb = memoryOf(items);
  const { schedule, timeZone } = spec.trigger;
  return {
    connector: name,
    from: since,
    until: Date.now(),
    usage,
    ...(memoryMb !== undefined && { memoryMb }),
    tasks,
    ...(schedule !== undefined && { schedule }),
    timeZone,
    ...lookTimes(spec.trigger),
  };
}

/** Reads until it has seen a run of each task, or has read enough. */
async function firstOfEach(runs: AsyncIterable<RunItem & TaskRef>, tasks: readonly TaskItem[]): Promise<Map<number, RunItem>> {
  const found = new Map<number, RunItem>();
  if (tasks.length === 0) return found;
  const wanted = new Set(tasks.map(({ task }) => task));
  let read = 0;
  for await (const run of runs) {
    read += 1;
    if (wanted.delete(run.task)) found.set(run.task, run);
    if (wanted.size === 0 || read === MOST_RUNS) break;
  }
  return found;
}

function usedSince(item: TaskItem, since: number, before: RunItem | undefined, after: RunItem | undefined): Counters {
  const { counters, countedSince = since, lastRun } = item;
  const begin: Point =
    before?.total === undefined ? { at: countedSince, counters: NOTHING_COUNTED } : { at: before.endedAt, counters: before.total };
  const now: Point = { at: lastRun?.endedAt ?? since, counters };
  const end: Point =
    after?.total === undefined ? now : { at: after.startedAt, counters: plus(after.total, after.usage ?? NOTHING_COUNTED, -1) };
  return plus(counters, countersAt(since, begin, end), -1);
}
