import type { Planner, StatusResult } from '../../runtime/planner-api.ts';
import type { Output } from '../terminal/output.ts';
import type { RunProgress, TaskTotals } from './run-totals.ts';
import type { SampledMessage, SampleRequest } from './sample-connector.ts';

/** Where connectors live: in functions on AWS, or in this process with the table at hand. */
export interface Target {
  readonly planner: Planner;
  /** True where tasks that the planner started run on after the command has ended. */
  readonly detached: boolean;
  /** Runs or watches tasks that the planner was asked to start until they end, and counts what they do. */
  runTasks(options: RunTasksOptions): Promise<TaskTotals[]>;
  /** The messages that the next records would become. Throws WRONG_KIND where this process does not run tasks, or as `sampleConnector` does. */
  sample(request: Omit<SampleRequest, 'connector' | 'owner'> & { readonly connector: string }): Promise<SampledMessage[]>;
  close(): Promise<void>;
}

export interface RunTasksOptions {
  readonly connector: string;
  readonly tasks: readonly number[];
  /** The connector's state from before they were started. */
  readonly before: StatusResult;
  /** One invocation each; otherwise until each has caught up or failed. */
  readonly once: boolean;
  /** Aborted: where this process runs them, what is in flight is finished and made durable. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
  /** What happens that people would wonder about, a sentence each. */
  readonly onNote?: (text: string) => void;
}

/** The command line's options that choose and find the target. */
export interface TargetOptions {
  readonly target: 'local' | 'aws';
  readonly table: string;
  readonly stage: string;
  readonly function?: string;
}

/** Opens the target, and closes it after `use`. */
export async function withTarget<R>(options: TargetOptions, output: Output, use: (target: Target) => Promise<R>): Promise<R> {
  const target =
    options.target === 'aws'
      ? (await import('./aws-target.ts')).openAwsTarget(options)
      : await (await import('./local-target.ts')).openLocalTarget({ table: options.table, logger: output.logger });
  try {
    return await use(target);
  } finally {
    await target.close();
  }
}
