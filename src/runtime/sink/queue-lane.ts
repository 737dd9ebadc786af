import type { AckTracker } from '../run/ack-tracker.ts';
import type { CopyEnd } from '../run/run.ts';
import { BatchSettler, type SettlerOptions } from './batch-settler.ts';
import { positionBehind } from './queue-position.ts';
import type { ReadMessage } from './read-message.ts';
import type { SinkProgress } from './sink-progress.ts';

/** Where the messages of a queue go, in their order. */
export interface Lanes {
  /** Takes the next messages. Resolves when it may take more; with false where the queue stops. Rejects with what fails the run. */
  take(messages: readonly ReadMessage[]): Promise<boolean>;
  /** Called once, last, with why no more comes. Resolves when nothing is on its way, with why the copying ends. Never rejects. */
  finish(end: CopyEnd): Promise<CopyEnd>;
}

export interface LanesOptions extends SettlerOptions {
  readonly tracker: AckTracker;
  readonly progress: SinkProgress;
}

/** Copies all messages of a queue one after the other. What a batch holds is acknowledged to the tracker once all of it is settled. */
export class QueueLane implements Lanes {
  readonly #options: LanesOptions;
  readonly #settler: BatchSettler;

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#settler = new BatchSettler(options);
  }

  async take(batch: readonly ReadMessage[]): Promise<boolean> {
    const { partition, stops } = this.#options;
    const halt = await this.#settler.settle(batch, (messages) => this.#acknowledge(messages));
    if (halt === undefined) return true;
    if (!halt.stopsQueue) throw halt.error;
    stops.stop(partition, halt.error, { partition, id: String(halt.read.message.offset) });
    return false;
  }

  async finish(end: CopyEnd): Promise<CopyEnd> {
    return end;
  }

  #acknowledge(messages: readonly ReadMessage[]): void {
    const { tracker, progress, partition } = this.#options;
    const last = messages.at(-1);
    if (last === undefined) return;
    tracker.skipTo(partition, positionBehind(last.message));
    progress.settled(messages);
  }
}
