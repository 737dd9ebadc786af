import { ConnectError, toConnectError } from '../../api/index.ts';
import type { BorrowResult, LoanStore, PlannedTask, TaskItem, TaskRef } from '../../store/store.ts';
import { RunSecrets } from '../run/run-secrets.ts';
import { withinTime } from '../run/within-time.ts';
import { createSourceTask, type SourceDeps } from './create-source-task.ts';
import { readSample, type TaskSample } from './read-sample.ts';

/** Reading ends after this, at the latest: a source that pushes may deliver late. */
const READ_MS = 20_000;
const CLOSE_MS = 5_000;
/** A process that dies with the lease holds up the task for no longer than this. */
const LEASE_MS = 40_000;

export interface SampleDeps extends SourceDeps {
  readonly store: LoanStore;
}

export interface SampleRequest extends TaskRef {
  /** The most records, at least 1. */
  readonly limit: number;
  /** Names the holder of the lease, for people. */
  readonly owner: string;
  readonly signal: AbortSignal;
}

/**
 * Reads the next records of a task as its next run would, and throws them away. Nothing is acknowledged and no position is stored. What a
 * queue system delivered goes back. The item stays as it was, also where the task is paused or failed. The lease is held meanwhile: some
 * systems refuse a second reader. Throws WRONG_STATE where someone else holds it, NOT_FOUND, or what the source throws.
 */
export async function sampleTask({ owner, limit, signal, ...ref }: SampleRequest, deps: SampleDeps): Promise<TaskSample> {
  const lent = await deps.store.borrow(ref, owner, Date.now() + LEASE_MS);
  if (lent.outcome !== 'borrowed') throw notLent(ref, lent);
  try {
    return await sampleSource(lent.item, limit, deps, signal);
  } finally {
    await deps.store.giveBack(lent.lease).catch((error: unknown) => {
      deps.logger.warn('lease not given back, it will expire', { ...ref, error: toConnectError(error).line });
    });
  }
}

async function sampleSource(item: TaskItem, limit: number, deps: SampleDeps, interrupt: AbortSignal): Promise<TaskSample> {
  const planned = item.planned as PlannedTask | undefined;
  if (planned === undefined || item.staged !== undefined) {
    throw new ConnectError('WRONG_STATE', `${nameOf(item)} waits for a plan to take effect`, { remedy: 'apply its file again' });
  }
  const spec = await deps.store.getSpec(item.connector, item.generation, planned.spec);
  if (spec === undefined) throw leaseLost(item);
  if (spec.direction === 'sink') {
    throw new ConnectError('WRONG_KIND', `connector ${item.connector} is a sink, and a sample shows what a source would send`, {
      remedy: `see what it reads: rocketmq-connect peek --connector ${item.connector} --from start`,
    });
  }
  const signal = AbortSignal.any([interrupt, AbortSignal.timeout(READ_MS)]);
  const secrets = new RunSecrets(spec, deps.resolveSecrets);
  const task = await createSourceTask({ item, planned, secrets, signal }, deps);
  try {
    const { partitions } = planned.taskConfig;
    return await readSample(task, { partitions, skips: item.skips, errors: spec.errors, limit, signal });
  } finally {
    // Before the lease is given back: what a queue system gets back must be there for the next run, in its order.
    await withinTime(CLOSE_MS, task.stop()).catch((error: unknown) => {
      deps.logger.warn('not closed', { error: toConnectError(error).line });
    });
  }
}

const leaseLost = (ref: TaskRef): ConnectError =>
  new ConnectError('LEASE_LOST', `${nameOf(ref)} was taken by a newer plan`, { retriable: true, remedy: 'try again' });

const nameOf = ({ connector, task }: TaskRef): string => `task ${task} of connector ${connector}`;

function notLent(ref: TaskRef, lent: Exclude<BorrowResult, { outcome: 'borrowed' }>): ConnectError {
  if (lent.outcome === 'absent') return new ConnectError('NOT_FOUND', `${nameOf(ref)} does not exist`, { remedy: 'see `status`' });
  const until = new Date(lent.until).toISOString();
  return new ConnectError('WRONG_STATE', `${nameOf(ref)} is held by a run or a plan, until ${until} at the latest`, {
    retriable: true,
    remedy: 'try again once it has ended, or name another task with --task',
  });
}
