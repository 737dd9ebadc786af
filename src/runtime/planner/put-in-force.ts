import pMap from 'p-map';
import { ConnectError, type Position, toConnectError } from '../../api/index.ts';
import type { ConnectorItem, StagedTask, TaskItem } from '../../store/store.ts';
import type { PlannerDeps } from '../contracts.ts';
import type { TaskDiff } from '../planner-api.ts';
import { whileAtWork } from './at-work.ts';
import { CONCURRENCY } from './concurrency.ts';
import { KEPT_DAYS } from './lost-partitions.ts';
import type { Draft } from './make-plan.ts';
import { quietAt } from './quiet-at.ts';

const DAY_MS = 86_400_000;
/** Time that is kept free at the planner's end, to give back the tasks that it holds. */
const END_RESERVE_MS = 15_000;

/** A plan that is being put in force. */
interface Plan {
  readonly name: string;
  readonly generation: number;
  /** When the planner's time is over. */
  readonly until: number;
  readonly draft: Draft;
  /** Tasks that it writes. */
  readonly touched: readonly number[];
  /** The task items as they were listed. */
  readonly items: ReadonlyMap<number, TaskItem>;
  /** Tasks that it holds, or may hold; true: it took them from a run. */
  readonly held: Map<number, boolean>;
}

/**
 * Fences, stages, flips, promotes. What was fenced is given back when something fails before the flip. `interrupted`: a task was taken
 * from a run.
 */
export async function putInForce(
  draft: Draft,
  generation: number,
  diffs: readonly TaskDiff[],
  listed: readonly TaskItem[],
  deps: PlannerDeps,
): Promise<{ readonly interrupted: boolean }> {
  const items = new Map(listed.map((item) => [item.task, item]));
  const touched = touchedTasks(diffs, items);
  const plan: Plan = { name: draft.spec.name, generation, until: deps.deadline(), draft, touched, items, held: new Map() };
  return whileAtWork(plan, deps, async () => {
    const connector = await flipTo(plan, deps).catch((error: unknown) => giveUp(plan, error, deps));
    const { name } = plan;
    // Only the flip knows the desired state for sure: a pause may have come while tasks were staged.
    if (connector.desired !== 'RUNNING') await each(touched, (task) => deps.store.setPaused({ connector: name, task }, true));
    await each(touched, (task) => deps.store.promote({ connector: name, task }, generation));
    return { interrupted: [...plan.held.values()].includes(true) };
  });
}

async function flipTo(plan: Plan, deps: PlannerDeps): Promise<ConnectorItem> {
  const { name, generation, until, draft, touched, items, held } = plan;
  const { store } = deps;
  const positions = new Map<string, Position>();
  let quiet = 0;
  await each(
    touched.filter((task) => items.has(task)),
    async (task) => {
      inTime(plan);
      held.set(task, false);
      const fenced = await store.fence({ connector: name, task }, generation, until);
      held.set(task, fenced.rerun);
      quiet = Math.max(quiet, quietAt(items.get(task) as TaskItem, fenced, Date.now()));
      if (fenced.planned === undefined) return;
      for (const [partition, position] of fenced.positions) positions.set(partition, position);
      const gone = new Map([...fenced.positions].filter(([partition]) => draft.taken.has(partition)));
      if (gone.size === 0) return;
      const kept = { task, taskConfig: fenced.planned.taskConfig, positions: gone };
      await store.keepPositions(name, generation, kept, Date.now() + KEPT_DAYS * DAY_MS);
    },
  );
  await each(touched, (task) => {
    inTime(plan);
    if (!held.has(task)) held.set(task, false);
    return store.stage({ connector: name, task }, stagedTask(plan, task, positions, quiet), until);
  });
  return store.flip(name, { generation, spec: draft.spec, tasks: draft.wanted.length, until });
}

/**
 * Gives back what the plan holds, so that its tasks run on by the plan in force; throws `error`. Returns where the plan is in force
 * after all.
 */
async function giveUp({ name, generation, held }: Plan, error: unknown, deps: PlannerDeps): Promise<ConnectorItem> {
  const { store, logger } = deps;
  const warn = (failed: unknown) =>
    logger.warn('a task stays held for two minutes', { connector: name, error: toConnectError(failed).line });
  const outcome = await store.giveUpPlan(name, generation).catch(warn);
  if (outcome === undefined) throw error;
  if (outcome === 'in-force') {
    const connector = await store.getConnector(name);
    if (connector !== undefined) return connector;
  }
  await each([...held.keys()], (task) => store.unfence({ connector: name, task }, generation).catch(warn));
  const interrupted = [...held].filter(([, fromRun]) => fromRun).map(([task]) => ({ connector: name, task }));
  if (interrupted.length > 0) await deps.trigger.fire(interrupted).catch(warn);
  throw error;
}

function inTime({ name, until }: Plan): void {
  if (Date.now() < until - END_RESERVE_MS) return;
  throw new ConnectError('TIMEOUT', `the plan of connector ${name} takes longer than its planner may run; nothing was changed`, {
    retriable: true,
    remedy: 'raise plannerTimeout, or lower maxTasks',
  });
}

/** Ends at the first failure, but only when all that was under way has ended: what it did must be known. */
async function each<T>(list: readonly T[], work: (entry: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (entry: T) => {
    if (failures.length > 0) return;
    try {
      await work(entry);
    } catch (error) {
      failures.push(error);
    }
  };
  await pMap(list, attempt, { concurrency: CONCURRENCY });
  if (failures.length > 0) throw failures[0];
}

/** Tasks that the plan writes: all that differ, and those on which an earlier planner left something. */
function touchedTasks(diffs: readonly TaskDiff[], byTask: ReadonlyMap<number, TaskItem>): number[] {
  const touched = new Set(diffs.filter(({ change }) => change !== 'keep').map(({ task }) => task));
  for (const { task, staged, planned } of byTask.values()) if (staged !== undefined || planned === undefined) touched.add(task);
  return [...touched];
}

function stagedTask({ draft, generation }: Plan, task: number, positions: ReadonlyMap<string, Position>, quiet: number): StagedTask {
  const planned = draft.wanted[task];
  if (planned === undefined) return { generation, remove: true };
  const own = planned.taskConfig.partitions.flatMap((name): Array<[string, Position]> => {
    const position = positions.get(name) ?? draft.returned.get(name);
    return position === undefined ? [] : [[name, position]];
  });
  return { generation, remove: false, planned: { ...planned, ...(quiet > 0 && { quietAt: quiet }) }, positions: new Map(own) };
}
