import pMap from 'p-map';
import { toConnectError } from '../../api/index.ts';
import type { ConnectorItem, DesiredState, TaskItem } from '../../store/store.ts';
import type { PlanResult } from '../planner-api.ts';
import type { ChangeDeps } from './change-record.ts';
import { CONCURRENCY } from './concurrency.ts';
import { type Draft, planResult } from './make-plan.ts';
import { planDetails } from './plan-details.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { putInForce } from './put-in-force.ts';
import { changedMeanwhile, revisionOf } from './revision.ts';
import { syncSchedules } from './sync-schedules.ts';

/**
 * Puts a draft in force: begin, fence, stage, flip, promote, schedules. Every step may be repeated, and a planner that dies
 * anywhere is finished by applying again: before the flip the old plan stays in force (fenced tasks go on when the fence's
 * lease expires, or it is known to be dead), after it the new one is (tasks that find it staged promote themselves). A plan that changes
 * something is kept in the connector's history before it fences a task.
 */
export async function applyPlan(draft: Draft, deps: ChangeDeps): Promise<PlanResult> {
  const name = draft.spec.name;
  await settleFlipped(draft.connector, deps);
  let items = await listTasks(draft.connector, deps);
  let result = planResult(draft, items);
  let gaining: number[] = [];
  let generation: number | undefined;
  const unsettled = items.some(({ staged, planned }) => staged !== undefined || planned === undefined);
  if (result.changed || unsettled) {
    generation = await deps.store.beginPlan(name, draft.spec, {
      initial: draft.initialState,
      exists: draft.connector !== undefined,
      tasks: draft.wanted.length,
    });
    await refuseIfOvertaken(draft, deps);
    items = await deps.store.listTasks(name);
    result = { ...planResult(draft, items), generation };
    const given = draft.given ?? draft.connector?.given;
    await deps.change.begin(name, { generation, spec: draft.spec, given, before: specBefore(draft) }, planDetails(result));
    const inForce = await putInForce(draft, generation, result.tasks, items, deps);
    gaining = inForce.interrupted ? result.tasks.filter(({ gained }) => gained.length > 0).map(({ task }) => task) : [];
    items = await deps.store.listTasks(name);
  }
  await startInterrupted(name, items, gaining, deps);
  const desired = await settleDesired(name, items, deps);
  const schedules = await syncSchedules({ name, desired, tasks: draft.wanted.length, spec: draft.spec }, deps);
  if (generation !== undefined) await forgetPlans(name, generation, items, deps);
  return { ...result, schedules };
}

/** Removes what no task needs any more of earlier plans. What is left over is the business of the next plan. */
async function forgetPlans(name: string, generation: number, items: readonly TaskItem[], { store, logger }: PlannerDeps): Promise<void> {
  const generations = new Set(items.flatMap((item) => [item.generation, item.staged?.generation ?? item.generation]));
  const tasks = items.reduce((count, { task }) => Math.max(count, task + 1), 0);
  await store.forgetPlans(name, generation, { generations, tasks }).catch((error: unknown) => {
    logger.warn('earlier plans not forgotten', { connector: name, error: toConnectError(error).line });
  });
}

const specBefore = ({ connector }: Draft) =>
  connector === undefined || connector.generation === 0
    ? undefined
    : { generation: connector.generation, spec: connector.spec, given: connector.given };

const listTasks = async (connector: ConnectorItem | undefined, deps: PlannerDeps): Promise<TaskItem[]> =>
  connector === undefined ? [] : deps.store.listTasks(connector.name);

/**
 * Returns whether tasks may run. A pause or resume may have come while the plan was written: the last word is the connector's, also
 * for the tasks that the plan paused.
 */
async function settleDesired(name: string, items: readonly TaskItem[], deps: PlannerDeps): Promise<DesiredState> {
  // A connector that was deleted meanwhile starts nothing.
  const desired = (await deps.store.getConnector(name))?.desired ?? 'STOPPED';
  if (desired !== 'RUNNING') return desired;
  const paused = items.filter((item) => item.paused);
  await pMap(paused, (item) => deps.store.setPaused(item, false), { concurrency: CONCURRENCY });
  return desired;
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
  if (owed.length > 0) await deps.trigger.fire(owed.map(({ task }) => ({ connector, task, by: 'continuation' })));
}

async function refuseIfOvertaken(draft: Draft, deps: PlannerDeps): Promise<void> {
  const { connector, spec } = draft;
  const now = await deps.store.getConnector(spec.name);
  const isSame = connector === undefined ? (now?.generation ?? 0) === 0 : now !== undefined && revisionOf(now) === revisionOf(connector);
  if (!isSame) throw changedMeanwhile(spec.name);
}
