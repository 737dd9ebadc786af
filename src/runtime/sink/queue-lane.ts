import { ConnectError, toConnectError } from '../../api/index.ts';
import { untilAborted } from '../../kit/index.ts';
import { MissingMessages } from '../../rocketmq/types.ts';
import type { AckTracker } from '../run/ack-tracker.ts';
import type { CopyEnd } from '../run/run.ts';
import { BatchRefusals, type Halt, type RefusalOptions } from './batch-refusals.ts';
import type { BatchWriter, Writable } from './batch-writer.ts';
import type { QueueFeed } from './queue-feed.ts';
import { positionBehind } from './queue-position.ts';
import { gapIn, type OnOffsetLost } from './queue-start.ts';
import type { ReadMessage } from './read-message.ts';
import type { SinkProgress } from './sink-progress.ts';
import type { WriteWindow } from './write-window.ts';

export interface LaneOptions extends RefusalOptions {
  readonly feed: QueueFeed;
  readonly writer: BatchWriter;
  readonly window: WriteWindow;
  readonly onOffsetLost: OnOffsetLost;
  readonly tracker: AckTracker;
  readonly progress: SinkProgress;
  /** It aborts when no more is to be read. */
  readonly signal: AbortSignal;
  readonly onNotice: (notice: string) => void;
}

/** Copies one queue to the target, batch after batch. What a batch holds is acknowledged to the tracker once all of it is settled. */
export class QueueLane {
  readonly #options: LaneOptions;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Copies to the end of the queue or of the run. Never rejects: failures of the whole run are noted in `progress`. */
  async copy(): Promise<CopyEnd> {
    const { progress, window } = this.#options;
    try {
      return await this.#copy();
    } catch (thrown) {
      const error = toConnectError(thrown);
      if (error.code !== 'INTERRUPTED' || window.isOpen) progress.fail(error);
      return 'aborted';
    }
  }

  async #copy(): Promise<CopyEnd> {
    const { feed, progress, stops, partition, signal, window, tracker, onNotice, onOffsetLost } = this.#options;
    for (;;) {
      if (signal.aborted || progress.failure !== undefined) return 'aborted';
      let batch: Awaited<ReturnType<QueueFeed['next']>>;
      try {
        batch = await untilAborted(
          feed.next((bytes) => progress.take(bytes)),
          signal,
        );
      } catch (error) {
        if (signal.aborted) return 'aborted';
        stops.stop(partition, toConnectError(error));
        return 'stopped';
      }
      if (batch instanceof MissingMessages) {
        const gap = gapIn(partition, batch, onOffsetLost);
        if (gap instanceof ConnectError) {
          stops.stop(partition, gap);
          return 'stopped';
        }
        onNotice(gap);
        tracker.skipTo(partition, String(batch.to));
        feed.goOn();
        continue;
      }
      const { messages, passed } = batch;
      if (messages.length === 0 && passed === undefined) return progress.isFull ? 'limit' : 'caught-up';
      // A process that was frozen may be late by any time: what it holds belongs to its successor.
      if (!window.isOpen) return 'aborted';
      if (messages.length > 0 && !(await this.#settle(messages))) return 'stopped';
      if (passed !== undefined) tracker.skipTo(partition, positionBehind(passed));
    }
  }

  /** Writes the batch, and makes dead letters of what is refused. Returns false where the queue stops within it. */
  async #settle(batch: readonly ReadMessage[]): Promise<boolean> {
    const { writer, errors } = this.#options;
    const refusals = new BatchRefusals(this.#options, batch);
    // Where the first message that is no record stops the queue, nothing behind it is to be written.
    const unreadable = errors.tolerance === 'fail' ? batch.findIndex(({ record }) => record === undefined) : -1;
    const ahead = unreadable === -1 ? batch : batch.slice(0, unreadable);
    const records = ahead.filter((read): read is Writable => read.record !== undefined);
    let halt: Halt | undefined;
    const settled = async (end: number) => {
      refusals.refuseUnreadable(ahead.filter(({ message }) => message.offset < end));
      halt = await refusals.settle();
      if (halt !== undefined) throw new ConnectError('WRONG_STATE', halt.error.message, { cause: halt.error });
    };
    let wrote: boolean;
    try {
      wrote = records.length === 0 || (await writer.write(records, (read, error) => refusals.refuse(read, error), settled));
    } catch (error) {
      // What the batch has in front of the message may be rolled back, and comes again.
      if (halt === undefined) throw error;
      return this.#halt(halt);
    }
    if (wrote) refusals.refuseUnreadable(ahead);
    halt = await refusals.settle();
    if (halt !== undefined) {
      this.#acknowledge(batch.slice(0, batch.indexOf(halt.read)));
      return this.#halt(halt);
    }
    this.#acknowledge(ahead);
    const read = batch[unreadable];
    if (read === undefined) return true;
    const refused = read.refused as ConnectError;
    if (!refusals.passesOver(read, refused)) return this.#halt({ read, error: refusals.stopsAt(read, refused), stopsQueue: true });
    this.#acknowledge([read]);
    return batch.length === unreadable + 1 || this.#settle(batch.slice(unreadable + 1));
  }

  /** Stops the queue, or throws what fails the task. */
  #halt({ read, error, stopsQueue }: Halt): false {
    if (!stopsQueue) throw error;
    const { partition, stops } = this.#options;
    stops.stop(partition, error, { partition, id: String(read.message.offset) });
    return false;
  }

  /** The messages are settled: in the target, dead letters, or passed over. */
  #acknowledge(messages: readonly ReadMessage[]): void {
    const { tracker, progress, partition } = this.#options;
    const last = messages.at(-1);
    if (last === undefined) return;
    tracker.skipTo(partition, positionBehind(last.message));
    progress.records += messages.length;
    for (const { bytes } of messages) progress.bytes += bytes;
  }
}
