import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toConnectError } from '../../../src/api/index.ts';
import { duration, number } from '../../../src/cli/render/numbers.ts';
import { renderPlan } from '../../../src/cli/render/plan.ts';
import { renderTotals, renderWait } from '../../../src/cli/render/run.ts';
import { reportNotices } from '../../../src/cli/shared/report-notices.ts';
import { endedWell, type RunProgress, type TaskTotals } from '../../../src/cli/target/run-totals.ts';
import { EXIT } from '../../../src/cli/terminal/exit-code.ts';
import type { Output } from '../../../src/cli/terminal/output.ts';
import { StackError } from '../install/stack-error.ts';
import type { RocketmqAdmin } from '../rocketmq-admin/rocketmq-admin.ts';
import type { Loaded, MainJobSource, MainJobSystem, Verdict, WayBack } from './comparison/source.ts';
import { copy } from './copy.ts';
import { backToSystem, type Direction, toRocketmq } from './directions.ts';
import type { Dataset } from './flights/dataset.ts';
import { nextSteps } from './next-steps.ts';
import { taskProblem } from './task-problem.ts';

export interface MainJob {
  readonly dataset: Dataset;
  readonly system: MainJobSystem;
  readonly source: MainJobSource;
  /** What the user has typed: `npm start -- --source mysql`. */
  readonly command: string;
  /** True to copy the records from RocketMQ back into the system, too. */
  readonly back: boolean;
  /** The name of the connector, its source and its topic. */
  readonly name: string;
  readonly rocketmq: RocketmqAdmin;
  /** The addresses that commands on the same servers need. */
  readonly environment: Readonly<Record<string, string>>;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** How long a task waits at most for a server that is away, some seconds less. Default 60,000 ms. */
  readonly invocationMs?: number;
}

const TABLE = 'rocketmq-connect';

/** Loads, copies into RocketMQ, and back if asked, checks and reports. Resolves with the exit code, which is 0 only if every record arrived. */
export async function mainJob(job: MainJob): Promise<number> {
  const { name, signal } = job;
  const loaded = await loadSource(job);
  if (signal.aborted) return EXIT.interrupted;
  if ((await job.rocketmq.topicStats(name)) === undefined) await job.rocketmq.createTopic(name);
  const code = await copyAndCheck(job, await toRocketmq(job), () => compare(job, loaded));
  const back = job.back ? loaded.back : undefined;
  if (code !== EXIT.ok || back === undefined) return done(job, code);
  return done(job, await copyAndCheck(job, await backToSystem(job, back), () => compareCopies(job, back)));
}

/** Applies the example file and runs its tasks, then compares. Resolves with the exit code. */
async function copyAndCheck(job: MainJob, direction: Direction, compare: () => Promise<Verdict>): Promise<number> {
  const { output, signal } = job;
  const totals = await copyRecords(job, direction);
  output.result(renderTotals(totals));
  if (signal.aborted) return EXIT.interrupted;
  for (const task of totals) reportNotices(task, output);
  const failed = totals.filter((task) => !endedWell(task));
  // A task that ended well except for stopped partitions has already reported them.
  for (const task of failed.filter(({ error, stopped }) => error !== undefined || stopped === undefined))
    output.problem(taskProblem(task, job.system.title));
  if (failed.length > 0) return EXIT.failure;
  output.result(copied(totals));
  const verdict = await compare();
  output.result(verdict.text);
  return verdict.holds ? EXIT.ok : EXIT.failure;
}

/** Says what to type next where all went well. */
function done(job: MainJob, code: number): number {
  if (code === EXIT.ok) job.output.result(nextSteps(job));
  return code;
}

async function loadSource({ dataset, name, system, source, output, signal }: MainJob): Promise<Loaded> {
  output.note(`Loading ${dataset.name} of vega-datasets into ${system.title} as ${name}`);
  const loaded = await source.load(name, dataset, signal, progress('loaded', dataset.rows, output)).catch((error) => {
    throw notLoaded(error, system.title);
  });
  output.note(loaded.added > 0 ? `  loaded ${number(loaded.added)} records` : '  all records were loaded before');
  return loaded;
}

/** A load goes on where it stopped, so that a server which went away costs nothing. */
function notLoaded(error: unknown, title: string): Error {
  if (error instanceof StackError) return error;
  const { message } = toConnectError(error);
  const remedy = `start ${title} if the stack does not, then run the same command again: it goes on where this load stopped`;
  return new StackError(`${title} did not take all records: ${message}`, remedy, { cause: error });
}

async function copyRecords({ output, signal, invocationMs }: MainJob, { example, total, ...direction }: Direction): Promise<TaskTotals[]> {
  const file = fileURLToPath(example);
  output.note(`Applying examples/${basename(file)} as ${direction.name} and running its tasks`);
  let before = 0;
  const onProgress = progress('copied', total, output);
  return copy({
    ...direction,
    example: file,
    table: TABLE,
    logger: output.logger,
    signal,
    invocationMs,
    onPlan: (plan) => output.note(`  ${renderPlan(plan, true).replaceAll('\n', '\n  ')}`),
    onStart: ({ taskStatus }) => {
      before = taskStatus.reduce((sum, { counters }) => sum + counters.records, 0);
      const held = Math.max(...taskStatus.map(({ leaseUntil = 0 }) => leaseUntil)) - Date.now();
      if (held > 0) output.note(`  an earlier run stopped early, so its tasks are free in ${duration(held)}`);
    },
    onChange: ({ title }) => output.note(`  while the tasks run: ${title}`),
    onProgress: (records, waits) => onProgress(before + records, waits),
  });
}

async function compare({ dataset, name, system, rocketmq, output }: MainJob, loaded: Loaded): Promise<Verdict> {
  output.note(`Reading RocketMQ topic ${name} back and comparing it with what ${system.title} got`);
  return loaded.check({ rocketmq, topic: name, connector: name, onProgress: progress('compared', dataset.rows, output) });
}

async function compareCopies({ dataset, system, output }: MainJob, back: WayBack): Promise<Verdict> {
  output.note(`Reading ${back.title} of ${system.title} and comparing it with what was loaded`);
  return back.check({ onProgress: progress('compared', dataset.rows, output) });
}

const progress = (what: string, total: number | undefined, output: Output) => (records: number, waits?: RunProgress['waits']) => {
  const count = total === undefined ? number(records) : `${number(records)} of ${number(total)}`;
  const share = total === undefined ? '' : `, ${Math.floor((100 * records) / total)} %`;
  output.progress(`  ${waits === undefined ? '' : `${renderWait(waits)}, `}${what} ${count} records${share}`);
};

function copied(totals: readonly TaskTotals[]): string {
  const records = totals.reduce((sum, task) => sum + task.records, 0);
  const requests = Math.max(...totals.map(({ dynamodbRequests }) => dynamodbRequests));
  if (records > 0) return `Copied ${number(records)} records with ${totals.length === 1 ? 'one task' : `${totals.length} tasks`}.`;
  return `There is nothing to copy, because everything was copied before. To find that out cost ${requests} DynamoDB requests a task.`;
}
