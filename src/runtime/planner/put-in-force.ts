import type { Position } from '../../api/index.ts';
import { specId } from '../../store/spec-id.ts';
import type { ConnectorItem, TaskItem } from '../../store/store.ts';
import type { TaskDiff } from '../planner-api.ts';
import { whileAtWork } from './at-work.ts';
import type { ChangeDeps } from './change-record.ts';
import { each } from './each.ts';
import { giveUp } from './give-up.ts';
import { KEPT_DAYS } from './lost-partitions.ts';
import type { Draft } from './make-plan.ts';
import { inTime, type Plan } from './plan-under-way.ts';
import { leftToStage, stagedInPlace, stagedTask, touchedTasks } from './staged-tasks.ts';

const DAY_MS = 86_400_000;
/** A function runs no longer, with the margin of its lease: for a run of which nothing else is known. */
const LONGEST_RUN_MS = 15 * 60_000 + 5_000;

/**
 * Fences, stages, flips and promotes. What was fenced is given back when something fails before the flip. `interrupted` says that a task
 * was taken from a run.
 */
export async function putInForce(
  draft: Draft,
  generation: number,
  diffs: readonly TaskDiff[],
  listed: readonly TaskItem[],
  deps: ChangeDeps,
): Promise<{ readonly interrupted: boolean }> {
  const items = new Map(listed.map((item) => [item.task, item]));
  const touched = touchedTasks(diffs, items);
  const plan: Plan = {
    name: draft.spec.name,
    generation,
    until: deps.deadline(),
    draft,
    spec: specId(draft.spec),
    touched,
    items,
    held: new Map(),
  };
  return whileAtWork(plan, deps, async () => {
    const connector = await flipTo(plan, deps).catch((error: unknown) => giveUp(plan, error, deps));
    deps.change.tookEffect();
    const { name } = plan;
    // Only the flip knows the desired state for sure: a pause may have come while tasks were staged.
    if (connector.desired !== 'RUNNING') await each(touched, (task) => deps.store.setPaused({ connector: name, task }, true));
    await each(touched, (task) => deps.store.promote({ connector: name, task }, generation));
    return { interrupted: [...plan.held.values()].includes(true) };
  });
}

async function flipTo(plan: Plan, deps: ChangeDeps): Promise<ConnectorItem> {
  const { name, generation, until, draft, touched, items, held } = plan;
  const { store } = deps;
  const positions = new Map<string, Position>();
  const inPlace: number[] = [];
  let quiet = 0;
  await each(
    touched.filter((task) => items.has(task)),
    async (task) => {
      inTime(plan);
      held.set(task, false);
      const listed = items.get(task) as TaskItem;
      const staged = stagedInPlace(plan, listed);
      const fenced = await store.fence({ connector: name, task }, generation, until, staged);
      held.set(task, fenced.rerun);
      if (staged !== undefined && fenced.generation === listed.generation) inPlace.push(task);
      quiet = Math.max(quiet, quietAt(listed, fenced, Date.now()));
      if (fenced.planned === undefined) return;
      for (const [partition, position] of fenced.positions) positions.set(partition, position);
      const gone = new Map([...fenced.positions].filter(([partition]) => draft.taken.has(partition)));
      if (gone.size === 0) return;
      const kept = { task, taskConfig: fenced.planned.taskConfig, positions: gone };
      await store.keepPositions(name, generation, kept, Date.now() + KEPT_DAYS * DAY_MS);
    },
  );
  await each(leftToStage(plan, inPlace, quiet), (task) => {
    inTime(plan);
    if (!held.has(task)) held.set(task, false);
    return store.stage({ connector: name, task }, stagedTask(plan, task, positions, quiet), until);
  });
  return store.flip(name, { generation, spec: draft.spec, given: draft.given, tasks: draft.wanted.length, until });
}

/**
 * Returns until when, ms since 1970, the run that a plan took a task from may still send what it had read. It is in the past where there is
 * none. `listed` is the task shortly before it was fenced.
 */
function quietAt(listed: TaskItem, fenced: TaskItem, now: number): number {
  const earlier = listed.planned?.quietAt ?? 0;
  if (!fenced.rerun) return earlier;
  // A run holds the task and nobody took it in between: the end of its lease is known.
  const known = fenced.epoch === listed.epoch + 1 && listed.leaseOwner !== 'planner';
  return Math.max(earlier, known ? listed.leaseUntil : now + LONGEST_RUN_MS);
}
