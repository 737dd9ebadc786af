import pMap from 'p-map';
import { ConnectError, type Lag, type Position, type SinkTask, toConnectError } from '../../api/index.ts';
import { messageFilter } from '../../config/message-filter.ts';
import { selectionOption } from '../../config/selected-topics.ts';
import type { SinkOptions } from '../../config/sink-options.ts';
import { topicOfQueue } from '../../kit/index.ts';
import type { MessageFilter, QueuesModule, TopicQueues } from '../../rocketmq/types.ts';
import type { Copied, Copier, CopyEnd, Run } from '../run/run.ts';
import { endWithin } from '../run/time-budget.ts';
import { withinTime } from '../run/within-time.ts';
import { BatchWriter } from './batch-writer.ts';
import { createSinkTask } from './create-sink-task.ts';
import { followResets } from './follow-resets.ts';
import { GroupReport } from './group-report.ts';
import { KeyLanes } from './key-lanes.ts';
import { QueueCopy } from './queue-copy.ts';
import { QueueFeed } from './queue-feed.ts';
import { QueueLane } from './queue-lane.ts';
import { QueueParking } from './queue-parking.ts';
import { isLater } from './queue-position.ts';
import { queueRoom } from './queue-room.ts';
import { QUEUES_ASKED_AT_ONCE, QueueShares } from './queue-shares.ts';
import { readAs } from './read-message.ts';
import { checkpointWhile } from './sink-checkpoints.ts';
import { SinkDeadLetterSender } from './sink-dead-letter-sender.ts';
import { SinkProgress } from './sink-progress.ts';
import { noteUnplanned } from './unplanned.ts';
import { WriteWindow } from './write-window.ts';

const LANES = 8;

interface Opened {
  readonly filter: MessageFilter | undefined;
  readonly followsResets: boolean;
  readonly queues: TopicQueues;
  readonly rocketmq: QueuesModule;
}

/** Copies the queues of a task to its target. */
export class SinkCopier implements Copier {
  readonly #run: Run;
  readonly #progress: SinkProgress;
  readonly #window: WriteWindow;
  readonly #shares: QueueShares;
  /** `copy` creates them, where there is something to copy. */
  #task: SinkTask | undefined;
  #deadLetters: SinkDeadLetterSender | undefined;
  #queues: TopicQueues | undefined;
  #report: GroupReport | undefined;

  constructor(run: Run) {
    this.#run = run;
    this.#shares = new QueueShares(run);
    this.#progress = new SinkProgress(run.spec.batch);
    this.#window = new WriteWindow(run.budget.sendUntil, run.stopRequest);
  }

  get copied(): Copied {
    const { records, bytes } = this.#progress;
    return { records, bytes, deadLetters: this.#deadLetters?.sent ?? 0 };
  }

  async copy(): Promise<CopyEnd> {
    const { item, planned, stops, signal } = this.#run;
    const opened = await this.#open();
    await this.#shares.find(opened.queues, planned.taskConfig.partitions, item.positions);
    if (opened.followsResets) {
      const moved = await followResets(this.#run, opened.queues, this.#shares.reached);
      await this.#shares.find(opened.queues, [...moved.keys()], moved);
    }
    if (stops.all) return 'stopped';
    if (signal.aborted) return 'aborted';
    if (this.#shares.waiting.length === 0) return 'caught-up';
    this.#task = await createSinkTask(this.#run);
    const { positions } = await this.#task.start();
    if (positions !== undefined && this.#lanes !== undefined) throw keepsPositions();
    await this.#goOnWhereTargetIs(opened.queues, positions ?? new Map());
    return this.#copyAll(opened, this.#task);
  }

  async lag(): Promise<Lag> {
    return { records: this.#shares.lag };
  }

  /**
   * Reading a queue leaves it as it is. But with ordering by key each run would write the records again that stand behind the one which is
   * refused, and have other keys.
   */
  wearsOut(): boolean {
    return this.#lanes !== undefined;
  }

  async close(): Promise<void> {
    const { budget, signal, deps } = this.#run;
    const warn = (error: unknown) => deps.logger.warn('not closed', { error: toConnectError(error).line });
    this.#window.close();
    this.#queues?.close();
    const endMs = endWithin(budget, budget.closeMs, Date.now(), signal.aborted);
    const stop = async () => this.#task?.stop(endMs);
    const told = this.#hasNews ? this.#report?.finish(this.#shares.reached, endMs) : undefined;
    await Promise.all([withinTime(endMs, stop(), 'target').catch(warn), told]);
    await this.#deadLetters?.close().catch(warn);
  }

  /** A run that finds nothing new asks each queue once, and tells nothing. Whoever has taken over the lease knows better. */
  get #hasNews(): boolean {
    const { tracker } = this.#run;
    return (this.#task !== undefined || tracker.positions.size > 0) && this.#progress.failure?.code !== 'LEASE_LOST';
  }

  async #open(): Promise<Opened> {
    const { deps, secrets } = this.#run;
    const rocketmq = await deps.loadQueues();
    const config = await secrets.rocketmq();
    const { item, notices, planned } = this.#run;
    const names = [...new Set(planned.taskConfig.partitions.map(topicOfQueue))];
    const queues = await rocketmq.openQueues(config, { names, option: selectionOption(config) }, deps.clients);
    this.#queues = queues;
    const followsResets = config.followResets === true;
    if (config.reportOffsets !== false) this.#report = new GroupReport(queues, item.connector, notices, followsResets);
    await noteUnplanned(this.#run, queues, config, rocketmq);
    return { filter: messageFilter(config), followsResets, queues, rocketmq };
  }

  /**
   * A target that keeps positions in its own transactions may be ahead of the store, which learns of it. It does not know of what came behind
   * its last record and is settled without it: a dead letter, a gap.
   */
  async #goOnWhereTargetIs(queues: TopicQueues, positions: ReadonlyMap<string, Position>): Promise<void> {
    const { item, planned, tracker } = this.#run;
    const ahead = planned.taskConfig.partitions.filter((name) => {
      const position = positions.get(name);
      return position !== undefined && isLater(position, item.positions.get(name));
    });
    for (const name of ahead) tracker.skipTo(name, positions.get(name) as Position);
    await this.#shares.find(queues, ahead, positions);
  }

  async #copyAll({ filter, queues, rocketmq }: Opened, task: SinkTask): Promise<CopyEnd> {
    const { spec, stops, tracker, notices, signal } = this.#run;
    const { batch, errors } = spec;
    const names = this.#shares.waiting;
    const lanes = this.#lanes;
    const room = queueRoom({ bytes: batch.maxInFlightBytes, queues: names.length, records: task.maxRecords, lanes });
    const deadLetters = new SinkDeadLetterSender(this.#run, rocketmq.storedToMessage);
    this.#deadLetters = deadLetters;
    const window = this.#window;
    const common = { window, deadLetters, errors, tracker, stops, progress: this.#progress, signal };
    const onOffsetLost = this.#options.onOffsetLost ?? 'fail';
    const onNotice = (notice: string) => notices.add(notice);
    const parking = await this.#takeParking(names);
    const copyQueue = (partition: string): Promise<CopyEnd> => {
      const { from, to } = this.#shares.of(partition);
      const topic = topicOfQueue(partition);
      const asRecord = readAs(topic, rocketmq.messageToSinkRecord);
      const feed = new QueueFeed({ queues, name: partition, readAs: asRecord, ...room.feed, filter }, from, to);
      const writerOf = (lane: string) => new BatchWriter({ task, partition, lane, window, signal });
      const own = { ...common, topic, partition, parking: parking.get(partition) };
      const into =
        lanes === undefined ? new QueueLane({ ...own, writer: writerOf(partition) }) : new KeyLanes({ ...own, ...room, lanes, writerOf });
      return new QueueCopy({ ...own, feed, lanes: into, onOffsetLost, onNotice }).copy();
    };
    const copying = pMap(names, copyQueue, { concurrency: room.queuesAtOnce });
    try {
      await checkpointWhile(
        copying,
        this.#run,
        () => this.#progress.records,
        () => this.#report?.tell(this.#shares.reached),
      );
    } catch (error) {
      // What is written from here on could come behind what a successor writes.
      this.#progress.fail(error);
      window.end();
    }
    const ends = await copying;
    const failure: ConnectError | undefined = this.#progress.failure;
    if (failure !== undefined) throw failure;
    if (stops.all) return 'stopped';
    return (['aborted', 'limit'] as const).find((end) => ends.includes(end)) ?? 'caught-up';
  }

  /** Where keys are parked: those of each queue. A run that has lost its lease may not have taken them from a later one. */
  async #takeParking(names: readonly string[]): Promise<ReadonlyMap<string, QueueParking>> {
    const { item, spec, deps, lease } = this.#run;
    const parking = new Map<string, QueueParking>();
    if (spec.errors.parkKeys !== true) return parking;
    const take = async (name: string) => parking.set(name, await QueueParking.take(deps.store, item.connector, name));
    await pMap(names, take, { concurrency: QUEUES_ASKED_AT_ONCE });
    await deps.store.checkpoint(lease, new Map());
    return parking;
  }

  get #options(): SinkOptions {
    return this.#run.spec.system;
  }

  /** How many lanes a queue has that is ordered by key. */
  get #lanes(): number | undefined {
    const { ordering, lanes = LANES } = this.#options;
    return ordering === 'key' ? lanes : undefined;
  }
}

const keepsPositions = (): ConnectError =>
  new ConnectError('CONFIG_INVALID', 'sink.ordering: key does not go with a target that keeps positions: each is one of a whole queue', {
    remedy: 'set sink.ordering to queue',
  });
