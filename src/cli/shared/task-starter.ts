import type { Logger } from '../../api/index.ts';
import { ask } from '../../rest/routes/context.ts';
import type { RunResult, StatusResult } from '../../runtime/planner-api.ts';
import type { RunTasksOptions, Target } from '../target/target.ts';

/** How many tasks were started, and how many were not, because this process still runs them. */
export interface TasksStarted {
  readonly started: number;
  readonly running: number;
}

/**
 * Starts tasks for callers that do not wait for their ends. Functions run them by themselves. On this machine no command may be running that
 * does, so this process runs them, until each has caught up or failed.
 */
export class TaskStarter {
  readonly #target: Pick<Target, 'planner' | 'detached' | 'runTasks'>;
  readonly #logger: Logger;
  /** By `connector/task`: a run goes on until its task has caught up, so that a second one would find nothing. */
  readonly #runs = new Map<string, Promise<void>>();
  readonly #end = new AbortController();

  constructor(target: Pick<Target, 'planner' | 'detached' | 'runTasks'>, logger: Logger) {
    this.#target = target;
    this.#logger = logger;
  }

  /** Starts the tasks that this process does not run already. Throws RestError where they may not run. */
  async start(connector: string): Promise<TasksStarted> {
    const { planner, detached } = this.#target;
    const { started: all } = await ask<RunResult>({ planner }, { action: 'run', connector, byHand: true });
    if (detached) return { started: all, running: 0 };
    const before = await ask<StatusResult>({ planner }, { action: 'status', connector });
    const tasks = Array.from({ length: all }, (_, task) => task).filter((task) => !this.#runs.has(keyOf(connector, task)));
    // Each by itself: one that has caught up can start again while others still copy.
    for (const task of tasks) {
      const run = this.#run({ connector, tasks: [task], before, once: false, signal: this.#end.signal });
      this.#runs.set(
        keyOf(connector, task),
        run.finally(() => this.#runs.delete(keyOf(connector, task))),
      );
    }
    return { started: tasks.length, running: all - tasks.length };
  }

  /** Ends runs: they finish what is on its way, and store it. */
  async close(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#runs.values());
  }

  async #run(run: RunTasksOptions): Promise<void> {
    try {
      await this.#target.runTasks(run);
    } catch (error) {
      // How a run failed is stored with its task. Without the table it is not.
      this.#logger.error('a run could not be started', { connector: run.connector, error: error as Error });
    }
  }
}

const keyOf = (connector: string, task: number): string => `${connector}/${task}`;
