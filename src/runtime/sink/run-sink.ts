import { isShared } from '../../config/shared-delivery.ts';
import type { Invocation, TaskDeps } from '../run/contracts.ts';
import type { RunReport } from '../run/finish-run.ts';
import type { HeldTask, Run } from '../run/run.ts';
import { runCopier } from '../run/run-copier.ts';
import { SinkCopier } from './sink-copier.ts';

/** Copies one bounded batch to the target of a task whose lease is held. Never throws: a failure is part of the report. */
export async function runSink(held: HeldTask, deps: TaskDeps, invocation: Invocation): Promise<RunReport> {
  const { SharedCopier } = isShared(held.spec) ? await import('./shared-copier.ts') : {};
  const createCopier = (run: Run) => (SharedCopier === undefined ? new SinkCopier(run) : new SharedCopier(run));
  return runCopier(createCopier, held, deps, invocation);
}
