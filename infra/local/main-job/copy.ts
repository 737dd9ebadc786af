import type { Logger } from '../../../src/api/index.ts';
import { type LocalTarget, openLocalTarget } from '../../../src/cli/target/local-target.ts';
import { endedWell, type RunProgress, type TaskTotals } from '../../../src/cli/target/run-totals.ts';
import { ask } from '../../../src/cli/terminal/failures.ts';
import { readConnectorDocuments } from '../../../src/config/yaml-files.ts';
import type { PlanResult, RunResult, StatusResult } from '../../../src/runtime/planner-api.ts';
import type { Change } from './comparison/source.ts';

export interface CopyOptions {
  /** The name of the connector. */
  readonly name: string;
  /** The RocketMQ topic. */
  readonly topic: string;
  /** The path of the connector file to apply under this name, and the `options` for its `source` or `sink` section. */
  readonly example: string;
  readonly options: object;
  /** The DynamoDB table for the state. */
  readonly table: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** An invocation of a task ends after so many ms, and with it the wait for a server that is away. */
  readonly invocationMs?: number | undefined;
  /** The changes to make one after the other, each while the tasks run. The tasks run once more after the last one. */
  readonly changes: readonly Change[];
  readonly onChange: (change: Change) => void;
  readonly onPlan: (plan: PlanResult) => void;
  /** Called with the state that earlier runs left. */
  readonly onStart: (before: StatusResult) => void;
  /** Called with the number of records that RocketMQ, or the sink's system, has acknowledged since the run started, over all tasks, and with what they wait for. */
  readonly onProgress: (records: number, waits: RunProgress['waits']) => void;
}

/** Applies the example connector and runs its tasks side by side until each has caught up or failed. */
export async function copy(run: CopyOptions): Promise<TaskTotals[]> {
  const { name, topic, example: path, options, table, logger, onPlan, onStart } = run;
  const [document] = await readConnectorDocuments([path]);
  const example = document?.data as { readonly source?: object; readonly sink?: object; readonly rocketmq: object };
  const section = example.sink === undefined ? 'source' : 'sink';
  const file = { ...example, name, [section]: { ...example[section], ...options }, rocketmq: { ...example.rocketmq, topic } };
  const target = await openLocalTarget({ table, logger });
  try {
    onPlan(await ask<PlanResult>(target.planner, { action: 'apply', file }));
    const before = await ask<StatusResult>(target.planner, { action: 'status', connector: name });
    onStart(before);
    // A task that failed while a server was away need not wait: a person started this.
    await ask<RunResult>(target.planner, { action: 'run', connector: name, byHand: true });
    return await runTasks(target, before, run);
  } finally {
    await target.close();
  }
}

async function runTasks(target: LocalTarget, before: StatusResult, run: CopyOptions): Promise<TaskTotals[]> {
  const { name: connector, changes, signal, invocationMs, onChange, onProgress } = run;
  const tasks = before.taskStatus.map(({ task }) => task);
  const rounds: TaskTotals[][] = [];
  for (const change of [...changes, undefined]) {
    if (change !== undefined) onChange(change);
    const copied = sum(rounds.flat().map(({ records }) => records));
    const failed = new AbortController();
    const [ran, made] = await Promise.allSettled([
      target.runTasks({
        connector,
        tasks,
        before,
        once: false,
        ...(invocationMs !== undefined && { invocationMs }),
        signal: AbortSignal.any([signal, failed.signal]),
        onProgress: ({ records, waits }) => onProgress(copied + records, waits),
      }),
      change?.make(signal).catch((error) => {
        failed.abort();
        throw error;
      }),
    ]);
    if (made.status === 'rejected') throw made.reason;
    if (ran.status === 'rejected') throw ran.reason;
    const totals = ran.value;
    rounds.push(totals);
    if (signal.aborted || !totals.every(endedWell)) break;
  }
  return tasks.map((task) => together(rounds.map((totals) => totals.find((one) => one.task === task) as TaskTotals)));
}

/** Adds up what a task did in all rounds. */
function together(rounds: readonly TaskTotals[]): TaskTotals {
  const total = (counter: 'invocations' | 'records' | 'bytes' | 'deadLetters' | 'dynamodbRequests' | 'elapsedMs') =>
    sum(rounds.map((round) => round[counter]));
  return {
    ...(rounds.at(-1) as TaskTotals),
    invocations: total('invocations'),
    records: total('records'),
    bytes: total('bytes'),
    deadLetters: total('deadLetters'),
    dynamodbRequests: total('dynamodbRequests'),
    elapsedMs: total('elapsedMs'),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
