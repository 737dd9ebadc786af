import { ConnectError, toConnectError } from '../../api/index.ts';
import { untilAborted } from '../../kit/index.ts';
import { MissingMessages } from '../../rocketmq/types.ts';
import type { AckTracker } from '../run/ack-tracker.ts';
import type { PartitionStops } from '../run/partition-stops.ts';
import type { CopyEnd } from '../run/run.ts';
import type { QueueFeed } from './queue-feed.ts';
import type { Lanes } from './queue-lane.ts';
import { positionBehind } from './queue-position.ts';
import { gapIn, type OnOffsetLost } from './queue-start.ts';
import type { SinkProgress } from './sink-progress.ts';
import type { WriteWindow } from './write-window.ts';

export interface QueueCopyOptions {
  /** Name of the queue. */
  readonly partition: string;
  readonly feed: QueueFeed;
  readonly lanes: Lanes;
  readonly window: WriteWindow;
  readonly onOffsetLost: OnOffsetLost;
  readonly tracker: AckTracker;
  readonly stops: PartitionStops;
  readonly progress: SinkProgress;
  /** It aborts when no more is to be read. */
  readonly signal: AbortSignal;
  readonly onNotice: (notice: string) => void;
}

/** Copies one queue: reads it, and hands its messages to lanes. */
export class QueueCopy {
  readonly #options: QueueCopyOptions;

  constructor(options: QueueCopyOptions) {
    this.#options = options;
  }

  /** Copies to the end of the queue or of the run. Never rejects: failures of the whole run are noted in `progress`. */
  async copy(): Promise<CopyEnd> {
    const { progress, window, lanes } = this.#options;
    let end: CopyEnd;
    try {
      end = await this.#read();
    } catch (error) {
      progress.failUnlessLate(error, window);
      end = 'aborted';
    }
    return lanes.finish(end);
  }

  async #read(): Promise<CopyEnd> {
    const { feed, lanes, progress, stops, partition, signal, window, tracker, onNotice, onOffsetLost } = this.#options;
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
      if (messages.length > 0 && !(await lanes.take(messages))) return 'stopped';
      if (passed !== undefined) tracker.skipTo(partition, positionBehind(passed));
    }
  }
}
