import { ConnectError, toConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { AcquireResult, StagedTask, TaskItem, TaskRef, TaskStore } from '../../store/store.ts';
import type { Invocation, TaskDeps } from './contracts.ts';
import type { HeldTask } from './run.ts';
import { leaseUntil } from './time-budget.ts';

type Refused = Exclude<AcquireResult, { outcome: 'acquired' }>;

export type TakeResult = ({ readonly outcome: 'acquired' } & HeldTask) | Refused;

/** Takes the lease of a task for an invocation, where the plan in force has the task and it may run now; says why not otherwise. */
export async function takeLease(ref: TaskRef, { store }: Pick<TaskDeps, 'store'>, invocation: Invocation): Promise<TakeResult> {
  const result = await takeInForce(ref, store, invocation);
  if (result.outcome !== 'acquired') return result;
  const { item, lease } = result;
  const spec = await specOf(item, store).catch(async (error: unknown) => {
    // Whoever is to start the task next would wait for the end of the lease.
    await store.putBack(lease).catch(() => undefined);
    throw error;
  });
  if (spec !== undefined) return { ...result, spec };
  if (await store.putBack(lease)) {
    throw new ConnectError('NOT_FOUND', `plan ${item.generation} of connector ${ref.connector} has no spec in the table`, {
      remedy: 'change its file, and apply it',
    });
  }
  // A newer plan took the task just now and starts what it interrupted, or the connector was deleted.
  return { outcome: 'busy', until: lease.until };
}

/** The connector's own item has the spec of the plan in force as well. */
async function specOf({ connector: name, generation, planned }: TaskItem, store: TaskStore): Promise<ConnectorSpec | undefined> {
  const spec = planned && (await store.getSpec(name, generation, planned.spec));
  if (spec !== undefined) return spec;
  const connector = await store.getConnector(name);
  return connector?.generation === generation ? connector.spec : undefined;
}

async function takeInForce(ref: TaskRef, store: TaskStore, invocation: Invocation): Promise<AcquireResult> {
  const take = () => store.acquire(ref, invocation.owner, leaseUntil(invocation.deadline), invocation.isGone);
  const result = await take();
  if (result.outcome === 'failed' || result.outcome === 'not-before') {
    return (await endsFailure(store, ref, result.staged)) ? take() : result;
  }
  if (result.outcome !== 'acquired' || (result.item.staged === undefined && result.item.planned !== undefined)) return result;
  // A newer planner that holds the task by now starts what it interrupted.
  const settled = await settleStagedPlan(store, result.item).catch(orSuperseded);
  if (settled === 'superseded') return { outcome: 'busy', until: result.lease.until };
  if (settled === 'gone') return { outcome: 'absent' };
  return settled === 'promoted' ? take() : result;
}

/** Promotes a task that may not run after a failure, where the staged plan is in force: its file may have mended what failed. */
async function endsFailure(store: TaskStore, { connector, task }: TaskRef, staged: StagedTask | undefined): Promise<boolean> {
  if (staged === undefined) return false;
  // A newer plan that holds the task ends the failure, too: the next try finds the task busy, and leaves its trigger there.
  return ['promoted', 'superseded'].includes(await settleStagedPlan(store, { connector, task, staged }).catch(orSuperseded));
}

function orSuperseded(error: unknown): 'superseded' {
  if (toConnectError(error).code === 'PLAN_SUPERSEDED') return 'superseded';
  throw error;
}

/**
 * Looks how an item with a staged plan must be run. A planner that died between the flip and the task's promotion left the plan in force
 * on the connector but only staged here: the task promotes itself, so that nobody has to notice. A plan without a flip is ignored.
 * `gone` means that the task is not part of the plan in force.
 *
 * It costs one or two requests more, in this rare state only. Promoting ends the caller's lease: it must acquire again.
 */
async function settleStagedPlan(
  store: TaskStore,
  item: TaskRef & Pick<TaskItem, 'staged' | 'planned'>,
): Promise<'as-it-is' | 'promoted' | 'gone'> {
  const staged = item.staged;
  if (staged !== undefined) {
    const connector = await store.getConnector(item.connector);
    if (connector?.generation === staged.generation) {
      return (await store.promote(item, staged.generation)) === undefined ? 'gone' : 'promoted';
    }
  }
  return item.planned === undefined ? 'gone' : 'as-it-is';
}
