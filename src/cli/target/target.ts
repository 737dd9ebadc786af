import type { Planner, StatusResult } from '../../runtime/planner-api.ts';
import type { Output } from '../terminal/output.ts';
import type { RunProgress, TaskTotals } from './run-totals.ts';
import type { SampledMessage, SampleRequest } from './sample-connector.ts';

/** The place where connectors run: in functions on AWS, or in this process next to the table. */
export interface Target {
  readonly planner: Planner;
  /** True if tasks that the planner started keep running after the command has ended. */
  readonly detached: boolean;
  /** Runs the tasks, or watches those that the planner was asked to start, until they end. Returns what they did. */
  runTasks(options: RunTasksOptions): Promise<TaskTotals[]>;
  /**
   * Returns the messages that the next records would become. Throws WRONG_KIND if this process does not run tasks, and what
   * `sampleConnector` throws.
   */
  sample(request: Omit<SampleRequest, 'connector' | 'owner'> & { readonly connector: string }): Promise<SampledMessage[]>;
  close(): Promise<void>;
}

export interface RunTasksOptions {
  readonly connector: string;
  readonly tasks: readonly number[];
  /** The connector's state before the tasks started. */
  readonly before: StatusResult;
  /** True for one invocation of each task. False to run each task until it has caught up or failed. */
  readonly once: boolean;
  /** An invocation that runs in this process ends after so many ms. Default 60,000. */
  readonly invocationMs?: number;
  /** If this is aborted and this process runs the tasks, they finish what is in flight and store it. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Called with a sentence about anything that people would wonder about. */
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
