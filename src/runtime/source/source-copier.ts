import { type Lag, type Position, type SourceTask, toConnectError } from '../../api/index.ts';
import type { Copied, Copier, CopyEnd, Run } from '../run/run.ts';
import { endWithin } from '../run/time-budget.ts';
import { withinTime } from '../run/within-time.ts';
import { copy } from './copy.ts';
import { createSourceTask } from './create-source-task.ts';
import { LazySender } from './lazy-sender.ts';
import { RunRocketmq } from './run-rocketmq.ts';
import { StoredReporter } from './stored-reporter.ts';

/** How long a run waits for a source to take in what is stored, where it has the time. */
const REPORT_MS = 5_000;

/** Copies from a source task to RocketMQ. */
export class SourceCopier implements Copier {
  readonly #run: Run;
  readonly #rocketmq: RunRocketmq;
  readonly #sender: LazySender;
  /** `copy` creates it. */
  #task: SourceTask | undefined;
  /** `copy` creates it, for a source that wants to know what is stored. */
  #reporter: StoredReporter | undefined;

  constructor(run: Run) {
    this.#run = run;
    this.#rocketmq = new RunRocketmq(run);
    this.#sender = new LazySender({
      loadRocketmq: () => this.#rocketmq.load(),
      errors: run.spec.errors,
      tracker: run.tracker,
      stops: run.stops,
      sendUntil: run.budget.sendUntil,
    });
  }

  get copied(): Copied {
    return this.#sender.copied;
  }

  async copy(): Promise<CopyEnd> {
    const { item, spec, tracker, stops, notices, budget, signal, deps } = this.#run;
    const task = await createSourceTask(this.#run, deps);
    this.#task = task;
    tracker.onReached = (partition, position) => task.acknowledged?.(partition, position);
    await task.start();
    this.#reporter = this.#reporterTo(task);
    this.#reporter?.report(item.positions);
    return copy({
      task,
      sender: this.#sender,
      tracker,
      stops,
      onNotice: (notice) => notices.add(notice),
      batch: spec.batch,
      stored: item.positions.keys(),
      signal,
      sendUntil: budget.sendUntil,
      checkpoint: (positions) => this.#checkpoint(positions),
    });
  }

  async lag(): Promise<Lag> {
    return (await this.#task?.lag?.()) ?? {};
  }

  wearsOut(partition: string): boolean {
    return this.#task?.wearsOut?.(partition) ?? false;
  }

  async close(): Promise<void> {
    const { budget, signal, deps } = this.#run;
    const warn = (error: unknown) => deps.logger.warn('not closed', { error: toConnectError(error).line });
    const stop = async (ms: number) => this.#task?.stop(ms);
    const { closeMs, sendUntil } = budget;
    const reports = this.#reporter !== undefined;
    if (reports) await withinTime(Math.max(closeMs / 2, Math.min(REPORT_MS, sendUntil - Date.now())), this.#reportLast()).catch(warn);
    const endMs = endWithin(budget, reports ? closeMs / 2 : closeMs, Date.now(), signal.aborted);
    await withinTime(endMs, stop(endMs)).catch(warn);
    await this.#rocketmq.close(warn);
  }

  async #checkpoint(positions: ReadonlyMap<string, Position>): Promise<void> {
    // They move on while they are written.
    const stored = this.#reporter && new Map(positions);
    await this.#run.deps.store.checkpoint(this.#run.lease, positions);
    if (stored !== undefined) this.#reporter?.report(stored);
  }

  /** The release stores what came last, when the source has ended. A source that wants to know of it needs a checkpoint before. */
  async #reportLast(): Promise<void> {
    const { tracker } = this.#run;
    if (tracker.takeChanged()) await this.#checkpoint(tracker.positions);
    await this.#reporter?.settled();
  }

  #reporterTo(task: SourceTask): StoredReporter | undefined {
    const { notices, deps } = this.#run;
    if (task.stored === undefined) return undefined;
    return new StoredReporter({
      report: async (positions) => (await task.stored?.(positions)) ?? [],
      onNotice: (notice) => notices.add(notice),
      onError: (error) => deps.logger.warn('stored positions not reported', { error: toConnectError(error).line }),
    });
  }
}
