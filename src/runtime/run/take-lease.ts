import { toConnectError } from '../../api/index.ts';
import type { AcquireResult, TaskItem, TaskRef, TaskStore } from '../../store/store.ts';
import type { Invocation, TaskDeps } from './contracts.ts';
import { leaseUntil } from './time-budget.ts';

/** Takes the lease of a task for an invocation, where the plan in force has the task and it may run now; says why not otherwise. */
export async function takeLease(ref: TaskRef, { store }: Pick<TaskDeps, 'store'>, invocation: Invocation): Promise<AcquireResult> {
  const take = () => store.acquire(ref, invocation.owner, leaseUntil(invocation.deadline), invocation.isGone);
  const result = await take();
  if (result.outcome !== 'acquired' || (result.item.staged === undefined && result.item.planned !== undefined)) return result;
  const settled = await settleStagedPlan(store, result.item).catch((error: unknown) => {
    // A newer planner holds the task by now; it starts what it interrupted.
    if (toConnectError(error).code === 'PLAN_SUPERSEDED') return 'superseded' as const;
    throw error;
  });
  if (settled === 'superseded') return { outcome: 'busy', until: result.lease.until };
  if (settled === 'gone') return { outcome: 'absent' };
  return settled === 'promoted' ? take() : result;
}

/**
 * Looks how an item with a staged plan must be run. A planner that died between the flip and the task's promotion left the plan in force
 * on the connector but only staged here: the task promotes itself, so that nobody has to notice. A plan without a flip is ignored.
 * `gone` means that the task is not part of the plan in force.
 *
 * It costs one or two requests more, in this rare state only. Promoting ends the caller's lease: it must acquire again.
 */
async function settleStagedPlan(store: TaskStore, item: TaskItem): Promise<'as-it-is' | 'promoted' | 'gone'> {
  const staged = item.staged;
  if (staged !== undefined) {
    const connector = await store.getConnector(item.connector);
    if (connector?.generation === staged.generation) {
      return (await store.promote(item, staged.generation)) === undefined ? 'gone' : 'promoted';
    }
  }
  return item.planned === undefined ? 'gone' : 'as-it-is';
}
