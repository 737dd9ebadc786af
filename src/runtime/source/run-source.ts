import { ConnectError, type Lag, type Position, type SourceTask, toConnectError } from '../../api/index.ts';
import type { BatchProducer } from '../../rocketmq/types.ts';
import type { Lease, PlannedTask, RunSummary, TaskItem } from '../../store/store.ts';
import { AckTracker } from '../run/ack-tracker.ts';
import { afterRotation, type UsedConfig } from '../run/changed-secrets.ts';
import type { Invocation, TaskDeps } from '../run/contracts.ts';
import { failureAfter } from '../run/failure.ts';
import type { RunReport } from '../run/finish-run.ts';
import { PartitionStops } from '../run/partition-stops.ts';
import { endWithin, type TimeBudget, timeBudget } from '../run/time-budget.ts';
import { withinTime } from '../run/within-time.ts';
import { type CopyEnd, copy } from './copy.ts';
import { createSourceTask } from './create-source-task.ts';
import { RecordSender } from './record-sender.ts';
import { StoredTeller } from './stored-reporter.ts';

/** Copies one bounded batch for a task whose lease is held. Never throws: a failure is part of the report. */
export async function runSource(item: TaskItem, lease: Lease, deps: TaskDeps, invocation: Invocation): Promise<RunReport> {
  const planned = item.planned as PlannedTask;
  const startedAt = Date.now();
  const budget = timeBudget(startedAt, invocation.deadline, planned.spec.batch.maxDurationMs);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), Math.max(0, budget.stopPollingAt - startedAt));
  const signal = AbortSignal.any([stop.signal, invocation.signal]);
  const tracker: AckTracker = new AckTracker((partition, position) => run.task?.acknowledged?.(partition, position));
  const stops = stopsOf(item, planned, deps);
  const run = new SourceRun(item, planned, lease, tracker, stops, deps, signal, budget);
  let end: CopyEnd | undefined;
  let error: ConnectError | undefined;
  let lag: Lag = {};
  try {
    end = await run.copy();
    lag = await run.lag();
    if (stops.all) throw stops.worst;
    if (end === 'aborted' && !invocation.signal.aborted && run.stoodStill) throw nothingInTime();
  } catch (thrown) {
    error = await afterRotation(toConnectError(thrown), run.used, planned.spec, deps.resolveSecrets);
    if (error.code === 'INTERRUPTED' && invocation.signal.aborted) {
      end = 'aborted';
      error = undefined;
    } else deps.logger.error('run failed', { connector: item.connector, task: item.task, error: error.line, ...stackOf(error) });
  } finally {
    clearTimeout(timer);
    await run.close();
  }
  const { records = 0, bytes = 0, deadLetters = 0 } = run.sender ?? {};
  const summary: RunSummary = {
    startedAt,
    endedAt: Date.now(),
    outcome: error === undefined ? outcomeOf(end as CopyEnd, lag, invocation) : 'failed',
    records,
    bytes,
    deadLetters,
    ...(lag.records === undefined ? {} : { lagRecords: lag.records }),
    ...(lag.ms === undefined ? {} : { lagMs: lag.ms }),
    ...(lag.waitsFor === undefined ? {} : { waitsFor: lag.waitsFor }),
    ...(lag.unknown === undefined ? {} : { endUnknown: lag.unknown }),
    ...(stops.count > 0 && { stopped: stops.stopped }),
    ...(stops.count > stops.stopped.length && { stoppedPartitions: stops.count }),
    ...(stops.skipped.length > 0 && { skipped: stops.skipped }),
    ...(run.notices.size > 0 && { notices: [...run.notices] }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
  return {
    summary,
    positions: tracker.positions,
    skipped: stops.passedOver,
    standing: stops.standing((partition) => run.wearsOut(partition)),
    ...(error === undefined ? {} : { failure: failureAfter(error, item.failure, records > 0, planned.spec.errors, Date.now()) }),
  };
}

function outcomeOf(end: CopyEnd, { waitsFor, unknown }: Lag, { signal }: Invocation): RunSummary['outcome'] {
  if (end === 'aborted') return signal.aborted ? 'interrupted' : 'deadline';
  if (end === 'stopped') return 'failed';
  if (end === 'limit') return end;
  return waitsFor !== undefined ? 'waiting' : unknown === undefined ? end : 'quiet';
}

function stopsOf({ connector, task, skips, standing }: TaskItem, { taskConfig }: PlannedTask, { logger }: TaskDeps): PartitionStops {
  return new PartitionStops({
    connector,
    partitions: taskConfig.partitions,
    skips,
    standing,
    onStop: (partition, error) => logger.error('partition stopped', { connector, task, partition, error: error.line }),
    onSkip: (skipped) => logger.warn('passed over, as a user said', { connector, task, ...skipped }),
  });
}

const NOTICES_KEPT = 10;
/** What a run waits for a source to take in what is stored, where it has the time. */
const TELL_MS = 5_000;

/** The parts of one run, made when they are first needed. */
class SourceRun {
  task: SourceTask | undefined;
  sender: RecordSender | undefined;
  /** The first ten. */
  readonly notices = new Set<string>();
  readonly used: UsedConfig = {};
  readonly #item: TaskItem;
  readonly #planned: PlannedTask;
  readonly #lease: Lease;
  readonly #tracker: AckTracker;
  readonly #stops: PartitionStops;
  readonly #deps: TaskDeps;
  readonly #signal: AbortSignal;
  readonly #budget: TimeBudget;
  readonly #unread: ReadonlySet<string>;
  readonly #producers: BatchProducer[] = [];
  /** Where the source wants to hear of what is stored. */
  #teller: StoredTeller | undefined;

  constructor(
    item: TaskItem,
    planned: PlannedTask,
    lease: Lease,
    tracker: AckTracker,
    stops: PartitionStops,
    deps: TaskDeps,
    signal: AbortSignal,
    budget: TimeBudget,
  ) {
    this.#item = item;
    this.#planned = planned;
    this.#lease = lease;
    this.#tracker = tracker;
    this.#stops = stops;
    this.#deps = deps;
    this.#signal = signal;
    this.#budget = budget;
    this.#unread = new Set(stops.partitions);
  }

  /** True also of what this run did not read for that reason. */
  wearsOut(partition: string): boolean {
    return this.#unread.has(partition) || (this.task?.wearsOut?.(partition) ?? false);
  }

  async copy(): Promise<CopyEnd> {
    if (this.#stops.all) return 'stopped';
    const task = await createSourceTask(without(this.#item, this.#unread), this.used, this.#deps, this.#signal);
    this.task = task;
    await task.start();
    this.#openTeller(task);
    return copy({
      task,
      tracker: this.#tracker,
      stops: this.#stops,
      onNotice: (notice) => this.#notice(notice),
      openSender: () => this.#openSender(),
      batch: this.#planned.spec.batch,
      stored: this.#item.positions.keys(),
      signal: this.#signal,
      sendUntil: this.#budget.sendUntil,
      checkpoint: (positions) => this.#checkpoint(positions),
    });
  }

  async #checkpoint(positions: ReadonlyMap<string, Position>): Promise<void> {
    // They move on while they are written.
    const stored = this.#teller && new Map(positions);
    await this.#deps.store.checkpoint(this.#lease, positions);
    if (stored !== undefined) this.#teller?.tell(stored);
  }

  #openTeller(task: SourceTask): void {
    if (task.stored === undefined) return;
    const onNotice = (notice: string) => this.#notice(notice);
    this.#teller = new StoredTeller(
      (positions) => (task.stored as NonNullable<typeof task.stored>)(positions),
      onNotice,
      (error) => this.#deps.logger.warn('not told what is stored', { error: toConnectError(error).line }),
    );
    this.#teller.tell(this.#item.positions);
  }

  /** The release stores what came last, when the source has ended: one that wants to hear of it needs a checkpoint before. */
  async #tellLast(): Promise<void> {
    if (this.#tracker.takeChanged()) await this.#checkpoint(this.#tracker.positions);
    await this.#teller?.settled();
  }

  /** True when nothing was copied and no place was reached. */
  get stoodStill(): boolean {
    return (this.sender?.records ?? 0) === 0 && this.#tracker.positions.size === 0;
  }

  #notice(notice: string): void {
    if (this.notices.has(notice)) return;
    this.#deps.logger.warn(notice, { connector: this.#item.connector, task: this.#item.task });
    if (this.notices.size < NOTICES_KEPT) this.notices.add(notice);
  }

  /** Unknown lag is no reason to fail a run that copied. */
  async lag(): Promise<Lag> {
    try {
      return (await this.task?.lag?.()) ?? {};
    } catch (error) {
      this.#deps.logger.warn('lag is unknown', { error: toConnectError(error).line });
      return {};
    }
  }

  /**
   * Frees what the run held; never throws. Before the lease is freed: what a queue system gets back must be there for the next
   * run, in its order.
   */
  async close(): Promise<void> {
    const warn = (error: unknown) => this.#deps.logger.warn('not closed', { error: toConnectError(error).line });
    const { closeMs, sendUntil } = this.#budget;
    const stop = async (ms: number) => this.task?.stop(ms);
    const tells = this.#teller !== undefined;
    if (tells) await withinTime(Math.max(closeMs / 2, Math.min(TELL_MS, sendUntil - Date.now())), this.#tellLast()).catch(warn);
    const endMs = endWithin(this.#budget, tells ? closeMs / 2 : closeMs, Date.now(), this.#signal.aborted);
    await withinTime(endMs, stop(endMs)).catch(warn);
    for (const producer of this.#producers) await producer.close().catch(warn);
  }

  async #openSender(): Promise<RecordSender> {
    const { spec } = this.#planned;
    const rocketmq = await this.#deps.loadRocketmq();
    const { rocketmq: config } = await this.#deps.resolveSecrets({ rocketmq: spec.rocketmq });
    this.used.rocketmq = config;
    // Opened for each run: queues may come and go between two, and all records of a key must go by the same number of them.
    const open = async (topic: string) => {
      const producer = await rocketmq.openProducer({ ...config, topic }, this.#deps.logger);
      this.#producers.push(producer);
      return producer;
    };
    this.sender = new RecordSender({
      connector: this.#item.connector,
      topic: config.topic,
      errors: spec.errors,
      tracker: this.#tracker,
      stops: this.#stops,
      recordToMessage: rocketmq.recordToMessage,
      openProducer: open,
      openDeadLetters: () => open(spec.errors.deadLetterTopic as string),
      sendUntil: this.#budget.sendUntil,
    });
    return this.sender;
  }
}

/** The task does not hear of these partitions. */
function without(item: TaskItem, partitions: ReadonlySet<string>): TaskItem {
  const { taskConfig, ...planned } = item.planned as PlannedTask;
  const left = taskConfig.partitions.filter((partition) => !partitions.has(partition));
  return { ...item, planned: { ...planned, taskConfig: { ...taskConfig, partitions: left } } };
}

const nothingInTime = (): ConnectError =>
  new ConnectError('TIMEOUT', 'nothing could be copied before the time of the run was over', {
    retriable: true,
    remedy: 'see whether the source answers, or raise batch.maxDurationMs',
  });

/** A defect is worth its stack; a named error is not. */
const stackOf = (error: ConnectError): object =>
  error.code === 'INTERNAL' && error.cause instanceof Error ? { stack: error.cause.stack } : {};
