import { ConnectError, type Lag, type SinkTask, toConnectError } from '../../api/index.ts';
import { messageFilter } from '../../config/message-filter.ts';
import { namedTopics, selectionOption } from '../../config/selected-topics.ts';
import { invisibleMsOf } from '../../config/shared-delivery.ts';
import type { QueuesModule, SharedMessage, SharedQueues } from '../../rocketmq/types.ts';
import type { Copied, Copier, CopyEnd, Run } from '../run/run.ts';
import { endWithin } from '../run/time-budget.ts';
import { withinTime } from '../run/within-time.ts';
import { sharedGroupOf } from './consumer-group.ts';
import { createSinkTask } from './create-sink-task.ts';
import { readAs } from './read-message.ts';
import { RefusalBreaker } from './refusal-breaker.ts';
import { SharedLanes, type SharedRead } from './shared-lanes.ts';
import { SharedReader } from './shared-reader.ts';
import { checkpointWhile } from './sink-checkpoints.ts';
import { SinkDeadLetterSender } from './sink-dead-letter-sender.ts';
import { SinkProgress } from './sink-progress.ts';
import { WriteWindow } from './write-window.ts';

/** For so long after a run RocketMQ may give messages to its receives, which have ended, ms. */
const HELD_AFTER_RUN_MS = 5_000;
/** So long after that such a message comes again, ms: RocketMQ takes it back for a second, and looks for it two seconds later. */
const COMES_AGAIN_MS = 3_500;
/** A group that consumes in order gets such a message again after so long, ms: RocketMQ need not look for it. */
const COMES_AGAIN_IN_ORDER_MS = 1_500;

/** Copies what RocketMQ gives to this task as one consumer of a group. It has no positions: what is acknowledged does not come again. */
export class SharedCopier implements Copier {
  readonly #run: Run;
  readonly #progress: SinkProgress;
  readonly #window: WriteWindow;
  #queues: SharedQueues | undefined;
  #task: SinkTask | undefined;
  #deadLetters: SinkDeadLetterSender | undefined;
  #end: CopyEnd | undefined;

  constructor(run: Run) {
    this.#run = run;
    this.#progress = new SinkProgress(run.spec.batch);
    this.#window = new WriteWindow(run.budget.sendUntil, run.stopRequest);
  }

  get copied(): Copied {
    const { records, bytes } = this.#progress;
    return { records, bytes, deadLetters: this.#deadLetters?.sent ?? 0 };
  }

  async copy(): Promise<CopyEnd> {
    const { signal, deps } = this.#run;
    const rocketmq = await deps.loadQueues();
    const queues = await this.#open(rocketmq);
    if (signal.aborted) return 'aborted';
    const copying = this.#copyAll(queues, rocketmq);
    try {
      await checkpointWhile(
        copying,
        this.#run,
        () => this.#progress.records,
        () => {},
      );
    } catch (error) {
      this.#progress.fail(error);
      this.#window.end();
    }
    this.#end = await copying;
    if (this.#progress.failure !== undefined) throw this.#progress.failure;
    return this.#end;
  }

  /** RocketMQ tells no lag over gRPC: it is known where nothing came. */
  async lag(): Promise<Lag> {
    return this.#end === 'caught-up' ? { records: 0 } : {};
  }

  wearsOut(): boolean {
    return false;
  }

  async close(): Promise<void> {
    const { budget, signal, deps } = this.#run;
    const warn = (error: unknown) => deps.logger.warn('not closed', { error: toConnectError(error).line });
    this.#window.close();
    const endMs = endWithin(budget, budget.closeMs, Date.now(), signal.aborted);
    const stop = async () => this.#task?.stop(endMs);
    await Promise.all([withinTime(endMs, stop(), 'target').catch(warn), this.#queues?.giveBack(endMs)]);
    await withinTime(endMs, this.#queues?.close() ?? Promise.resolve()).catch(warn);
    await this.#deadLetters?.close().catch(warn);
  }

  async #open({ openShared }: QueuesModule): Promise<SharedQueues> {
    const { secrets, item } = this.#run;
    const config = await secrets.rocketmq();
    const sharing = { group: sharedGroupOf(item.connector, config), invisibleMs: invisibleMsOf(config), filter: messageFilter(config) };
    this.#queues = await openShared(config, { names: namedTopics(config), option: selectionOption(config) }, sharing);
    return this.#queues;
  }

  async #copyAll(queues: SharedQueues, rocketmq: QueuesModule): Promise<CopyEnd> {
    const { spec, stops, notices, signal } = this.#run;
    const [progress, window] = [this.#progress, this.#window];
    const deadLetters = new SinkDeadLetterSender(this.#run, rocketmq.storedToMessage);
    this.#deadLetters = deadLetters;
    const common = { queues, progress, window, signal };
    const lanes = new SharedLanes({
      ...common,
      deadLetters,
      errors: spec.errors,
      stops,
      breaker: new RefusalBreaker(),
      openTask: () => this.#openTask(),
      onLate: () => notices.add(HELD_TOO_LONG),
      onFailed: () => reader.end(),
    });
    const asRead = (shared: SharedMessage): SharedRead => ({
      ...readAs(shared.topic, rocketmq.messageToSinkRecord)(shared.partition, shared.message),
      shared,
    });
    const reader = new SharedReader({
      ...common,
      signal: AbortSignal.any([signal, window.signal]),
      lanes,
      readAs: asRead,
      idleMs: this.#idleMs(queues),
      maxBytes: spec.batch.maxInFlightBytes,
    });
    const end = await reader.read();
    await lanes.finish();
    return end;
  }

  /**
   * What was there when this run began may have been given to receives of the runs before, which have ended: to one of each task, one after
   * the other.
   */
  #idleMs({ idleMs, isFifo }: SharedQueues): number {
    const { item, spec } = this.#run;
    const endedAt = item.lastRun?.endedAt ?? 0;
    const comesAgainMs = isFifo ? COMES_AGAIN_IN_ORDER_MS : COMES_AGAIN_MS;
    const lastMs = endedAt + HELD_AFTER_RUN_MS + comesAgainMs - Date.now();
    return Math.max(idleMs, Math.min(lastMs, spec.maxTasks * comesAgainMs));
  }

  async #openTask(): Promise<SinkTask> {
    this.#task = await createSinkTask(this.#run);
    const { positions } = await this.#task.start();
    if (positions === undefined) return this.#task;
    throw new ConnectError('CONFIG_INVALID', 'sink.delivery: shared does not go with a target that keeps positions', {
      remedy: 'set sink.delivery to at-least-once or exactly-once, and rocketmq.protocol to remoting',
    });
  }
}

const HELD_TOO_LONG =
  'messages were held for longer than rocketmq.invisibleTimeMs, so that RocketMQ gives them out again: raise it, or batch less';
