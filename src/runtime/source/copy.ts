import { ConnectError, type PollLimit, type PollResult, type Position, type SourceTask } from '../../api/index.ts';
import type { BatchSpec } from '../../config/connector-spec.ts';
import type { AckTracker } from '../run/ack-tracker.ts';
import { CheckpointTimes } from '../run/checkpoint-times.ts';
import type { PartitionStops } from '../run/partition-stops.ts';
import type { CopyEnd } from '../run/run.ts';
import type { RecordSender } from './record-sender.ts';

/** Records of one poll, at most: enough to fill a send for each of eight queues, little enough to stop in time. */
const MAX_POLL_RECORDS = 16_384;

/** Polls whose records may be on their way at once: while the last is sent, the next is read. */
const POLLS_IN_FLIGHT = 3;

/** Sends records to RocketMQ, as `RecordSender` does. */
export type Sender = Pick<RecordSender, 'dispatch' | 'below' | 'failure' | 'abandon' | 'settled'>;

export interface CopyOptions {
  readonly task: SourceTask;
  readonly sender: Sender;
  readonly tracker: AckTracker;
  /** Partitions that can't go on in this run. */
  readonly stops: PartitionStops;
  /** Takes what a person should know about the run. */
  readonly onNotice: (notice: string) => void;
  readonly batch: BatchSpec;
  /** Partitions whose position is stored. */
  readonly stored: Iterable<string>;
  /** It aborts when polling must end. */
  readonly signal: AbortSignal;
  /** No record is handed to RocketMQ after this, ms since 1970. */
  readonly sendUntil: number;
  /** Makes what the tracker reached durable. A throw ends the copy at once. */
  readonly checkpoint: (positions: ReadonlyMap<string, Position>) => Promise<void>;
}

/**
 * Copies until the first bound: caught up, records, bytes, abort, no partition left. Polls while earlier records are on their way, never
 * with more than `maxInFlightBytes` between source and acknowledgement. Throws what the source, a send or a checkpoint threw,
 * after everything in flight has settled; the tracker then still knows what was acknowledged.
 */
export async function copy(options: CopyOptions): Promise<CopyEnd> {
  const { sender, stops } = options;
  // The task does not know what had stopped before.
  const left = new Set(stops.partitions);
  // Also while a poll is pending: a source whose window is full of what is refused would wait for its acknowledgement.
  stops.onNew = () => leaveStopped(options, left);
  try {
    const end = await pollAndSend(options, left);
    await sender.settled();
    if (sender.failure !== undefined) throw sender.failure;
    return end;
  } catch (error) {
    // What is sent from here on could come behind what the successor sends, and no position can be stored for it.
    if (error instanceof ConnectError && error.code === 'LEASE_LOST') await sender.abandon(error);
    throw error;
  } finally {
    await sender.settled();
  }
}

function leaveStopped({ task, stops }: CopyOptions, left: Set<string>): void {
  for (const partition of stops.partitions) {
    if (left.has(partition)) continue;
    left.add(partition);
    task.leave?.(partition);
  }
}

async function pollAndSend(options: CopyOptions, left: Set<string>): Promise<CopyEnd> {
  const { task, sender, tracker, stops, batch, signal } = options;
  let records = 0;
  let bytes = 0;
  const share = batch.maxInFlightBytes / POLLS_IN_FLIGHT;
  const pinned = new Set(options.stored);
  const times = new CheckpointTimes(batch.checkpointIntervalMs);
  for (;;) {
    if (signal.aborted) return 'aborted';
    if (records >= batch.maxRecords || bytes >= batch.maxBytes) return 'limit';
    if (stops.all) return 'stopped';
    const limit: PollLimit = {
      maxRecords: Math.min(MAX_POLL_RECORDS, batch.maxRecords - records),
      maxBytes: Math.min(share, batch.maxBytes - bytes),
    };
    const result = await pollOrAbort(task, limit, signal);
    // A process that was frozen during the poll may be late by any time: what it holds belongs to its successor.
    if (result === undefined || Date.now() >= options.sendUntil) return 'aborted';
    if (result.records.length > 0) {
      bytes += await sender.dispatch(result.records);
      records += result.records.length;
    }
    const found = [...(result.positions ?? [])].filter(([partition]) => !pinned.has(partition));
    noteProgress(result, options, left);
    if (stops.all) return 'stopped';
    if (result.caughtUp) return 'caught-up';
    while (!(await sender.below(batch.maxInFlightBytes - share, (POLLS_IN_FLIGHT - 1) * MAX_POLL_RECORDS, times.at))) {
      // RocketMQ stands still. Also where nothing was acknowledged: a run that lost its lease must not send on when it comes back.
      await options.checkpoint(tracker.positions);
      times.done(records);
    }
    if (sender.failure !== undefined) throw sender.failure;
    // A start that was found by looking, such as the latest, must not be found again elsewhere after a crash.
    for (const [partition] of found) pinned.add(partition);
    if (found.length > 0 || times.due(records)) {
      if (tracker.takeChanged()) await options.checkpoint(tracker.positions);
      times.done(records);
    }
  }
}

/** Takes in what the poll says besides its records: places reached, partitions that stopped, notices. */
function noteProgress(result: PollResult, { tracker, stops, onNotice }: CopyOptions, left: Set<string>): void {
  for (const [partition, position] of result.positions ?? []) tracker.skipTo(partition, position);
  for (const [partition, reason] of result.stopped ?? []) {
    if (stops.has(partition)) continue;
    tracker.block(partition);
    left.add(partition);
    stops.stop(partition, reason);
  }
  for (const notice of result.notices ?? []) onNotice(notice);
}

/** Polls. Resolves with undefined when the signal cut the poll short; any other throw is the source's. */
async function pollOrAbort(task: SourceTask, limit: PollLimit, signal: AbortSignal): Promise<PollResult | undefined> {
  try {
    return await task.poll(limit);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
