import type { Logger } from '../../api/index.ts';
import { ask } from '../../rest/routes/context.ts';
import type { RunResult, StatusResult } from '../../runtime/planner-api.ts';
import type { RunTasksOptions, Target } from '../target/target.ts';

/**
 * Starts tasks for callers that do not wait for their ends. Functions run them by themselves. On this machine no command may be running that
 * does, so this process runs them, until each has caught up or failed.
 */
export class TaskStarter {
  readonly #target: Pick<Target, 'planner' | 'detached' | 'runTasks'>;
  readonly #logger: Logger;
  /** By connector: a run goes on until each task has caught up, so that a second one would find nothing. */
  readonly #runs = new Map<string, Promise<void>>();
  readonly #end = new AbortController();

  constructor(target: Pick<Target, 'planner' | 'detached' | 'runTasks'>, logger: Logger) {
    this.#target = target;
    this.#logger = logger;
  }

  /** Returns how many tasks it starts. Throws RestError where they may not run. */
  async start(connector: string): Promise<number> {
    const { planner, detached } = this.#target;
    const { started } = await ask<RunResult>({ planner }, { action: 'run', connector, byHand: true });
    if (detached) return started;
    const before = await ask<StatusResult>({ planner }, { action: 'status', connector });
    const tasks = Array.from({ length: started }, (_, task) => task);
    if (this.#runs.has(connector)) return started;
    this.#runs.set(connector, this.#run({ connector, tasks, before, once: false, signal: this.#end.signal }));
    return started;
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
    } finally {
      this.#runs.delete(run.connector);
    }
  }
}
