import { toConnectError } from '../../api/index.ts';
import type { PlannerDeps } from './planner-deps.ts';

/** A planner says so often that it is at work, and each time counts so long: some of these writes may fail. */
const SAY_EVERY_MS = 20_000;
const COUNTS_MS = 90_000;

/**
 * Says all the while that the planner of this plan is at work, so that runs leave it what it holds. When it dies, they take that back
 * within two minutes, however long its function might have gone on.
 */
export async function whileAtWork<R>(
  { name, generation }: { readonly name: string; readonly generation: number },
  deps: PlannerDeps,
  work: () => Promise<R>,
): Promise<R> {
  const say = () => deps.store.extendPlan(name, generation, Date.now() + COUNTS_MS);
  await say();
  const timer = setInterval(() => {
    // Where a newer plan was started, the flip fails with that reason.
    say().catch((error: unknown) => deps.logger.warn('plan not extended', { connector: name, error: toConnectError(error).line }));
  }, SAY_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
