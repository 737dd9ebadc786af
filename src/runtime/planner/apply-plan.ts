import pMap from 'p-map';
import { ConnectError, type Position } from '../../api/index.ts';
import type { ConnectorItem, StagedTask, TaskItem, TaskRef } from '../../store/store.ts';
import type { PlannerDeps } from '../contracts.ts';
import type { PlanResult, TaskDiff } from '../planner-api.ts';
import { type Draft, planResult } from './make-plan.ts';
import { quietAt } from './quiet-at.ts';
import { scheduleOf } from './schedule-of.ts';

/** Requests in flight: enough for 10,000 tasks in a minute, few enough for one connection pool. */
export const CONCURRENCY = 32;

/**
 * Puts a draft in force: begin, fence, stage, flip, promote, schedules. Every step may be repeated, and a planner that dies
 * anywhere is finished by applying again: before the flip the old plan stays in force (fenced tasks go on when the fence's
 * lease expires), after it the new one is (tasks that find it staged promote themselves).
 */
export async function applyPlan(draft: Draft, deps: PlannerDeps): Promise<PlanResult> {
  const name = draft.spec.name;
  await settleFlipped(draft.connector, deps);
  let items = await listTasks(draft.connector, deps);
  let result = planResult(draft, items);
  let gaining: number[] = [];
  const unsettled = items.some(({ staged, planned }) => staged !== undefined || planned === undefined);
  if (result.changed || unsettled) {
    const generation = await deps.store.beginPlan(name, draft.spec);
    await refuseIfOvertaken(draft, deps);
    items = await deps.store.listTasks(name);
    result = { ...planResult(draft, items), generation };
    const inForce = await putInForce(draft, generation, result, items, deps);
    gaining = inForce.interrupted ? result.tasks.filter(({ gained }) => gained.length > 0).map(({ task }) => task) : [];
    items = await deps.store.listTasks(name);
  }
  await startInterrupted(name, items, gaining, deps);
  const enabled = await settleDesired(name, items, deps);
  const schedules = await deps.schedules.sync({ connector: name, tasks: draft.wanted.length, enabled, ...scheduleOf(draft.spec.trigger) });
  return { ...result, schedules };
}

const listTasks = async (connector: ConnectorItem | undefined, deps: PlannerDeps): Promise<TaskItem[]> =>
  connector === undefined ? [] : deps.store.listTasks(connector.name);

/**
 * Whether tasks may run. A pause or resume may have come while the plan was written: the last word is the connector's, also
 * for the tasks that the plan paused.
 */
async function settleDesired(name: string, items: readonly TaskItem[], deps: PlannerDeps): Promise<boolean> {
  if ((await deps.store.getConnector(name))?.desired !== 'RUNNING') return false;
  const paused = items.filter((item) => item.paused);
  await pMap(paused, (item) => deps.store.setPaused(item, false), { concurrency: CONCURRENCY });
  return true;
}

/** Finishes an earlier planner that died after its flip. */
async function settleFlipped(connector: ConnectorItem | undefined, deps: PlannerDeps): Promise<void> {
  if (connector === undefined) return;
  const items = await deps.store.listTasks(connector.name);
  const flipped = items.filter(({ staged }) => staged?.generation === connector.generation);
  await pMap(flipped, (item) => deps.store.promote(item, connector.generation), { concurrency: CONCURRENCY });
}

/**
 * A plan that takes a task from its run owes it a start, and one to the tasks that go on with its partitions; so does an
 * earlier planner that died before it gave one.
 */
async function startInterrupted(
  connector: string,
  items: readonly TaskItem[],
  gaining: readonly number[],
  deps: PlannerDeps,
): Promise<void> {
  const free = items.filter(({ paused, leaseUntil }) => !paused && leaseUntil <= Date.now());
  const owed = free.filter(({ task, rerun }) => rerun || gaining.includes(task));
  if (owed.length > 0) await deps.trigger.fire(owed.map(({ task }) => ({ connector, task })));
}

async function refuseIfOvertaken(draft: Draft, deps: PlannerDeps): Promise<void> {
  const now = await deps.store.getConnector(draft.spec.name);
  if ((now?.generation ?? 0) === (draft.connector?.generation ?? 0)) return;
  throw new ConnectError('PLAN_SUPERSEDED', `another plan of connector ${draft.spec.name} took effect meanwhile`, {
    retriable: true,
    remedy: 'apply again',
  });
}

async function putInForce(
  draft: Draft,
  generation: number,
  result: PlanResult,
  items: readonly TaskItem[],
  deps: PlannerDeps,
): Promise<{ readonly connector: ConnectorItem; readonly interrupted: boolean }> {
  const { store } = deps;
  const name = draft.spec.name;
  const until = deps.deadline();
  const byTask = new Map(items.map((item) => [item.task, item]));
  const touched = touchedTasks(result.tasks, byTask);
  const each = <T>(list: readonly T[], work: (entry: T) => Promise<unknown>) => pMap(list, work, { concurrency: CONCURRENCY });

  const positions = new Map<string, Position>();
  let interrupted = false;
  let quiet = 0;
  await each(
    touched.filter((task) => byTask.has(task)),
    async (task) => {
      const fenced = await store.fence({ connector: name, task }, generation, until);
      interrupted ||= fenced.rerun;
      quiet = Math.max(quiet, quietAt(byTask.get(task) as TaskItem, fenced, Date.now()));
      if (fenced.planned !== undefined) for (const [partition, position] of fenced.positions) positions.set(partition, position);
    },
  );
  await each(touched, (task) => store.stage({ connector: name, task }, stagedTask(draft, task, generation, positions, quiet), until));
  const connector = await store.flip(name, { generation, spec: draft.spec, tasks: draft.wanted.length, until });
  // Only the flip knows the desired state for sure: a pause may have come while tasks were staged.
  if (connector.desired !== 'RUNNING') await each(touched, (task) => store.setPaused({ connector: name, task }, true));
  await each(touched, (task): Promise<unknown> => store.promote({ connector: name, task } satisfies TaskRef, generation));
  return { connector, interrupted };
}

/** Tasks that the plan writes: all that differ, and those on which an earlier planner left something. */
function touchedTasks(diffs: readonly TaskDiff[], byTask: ReadonlyMap<number, TaskItem>): number[] {
  const touched = new Set(diffs.filter(({ change }) => change !== 'keep').map(({ task }) => task));
  for (const { task, staged, planned } of byTask.values()) if (staged !== undefined || planned === undefined) touched.add(task);
  return [...touched];
}

function stagedTask(draft: Draft, task: number, generation: number, positions: ReadonlyMap<string, Position>, quiet: number): StagedTask {
  const planned = draft.wanted[task];
  if (planned === undefined) return { generation, remove: true };
  const own = planned.taskConfig.partitions.flatMap((name): Array<[string, Position]> => {
    const position = positions.get(name);
    return position === undefined ? [] : [[name, position]];
  });
  return { generation, remove: false, planned: { ...planned, ...(quiet > 0 && { quietAt: quiet }) }, positions: new Map(own) };
}
