import type { Invocation, TaskDeps } from '../run/contracts.ts';
import type { RunReport } from '../run/finish-run.ts';
import type { HeldTask } from '../run/run.ts';
import { runCopier } from '../run/run-copier.ts';
import { SinkCopier } from './sink-copier.ts';

/** Copies one bounded batch to the target of a task whose lease is held. Never throws: a failure is part of the report. */
export const runSink = (held: HeldTask, deps: TaskDeps, invocation: Invocation): Promise<RunReport> =>
  runCopier((run) => new SinkCopier(run), held, deps, invocation);
