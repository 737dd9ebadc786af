import { silence } from '../../kit/index.ts';
import type { SharedMessage, SharedQueues } from '../../rocketmq/types.ts';
import type { CopyEnd } from '../run/run.ts';
import type { SharedLanes, SharedRead } from './shared-lanes.ts';
import type { SinkProgress } from './sink-progress.ts';

/** More receives side by side bring no more. */
const RECEIVES_AT_ONCE = 16;
/** A receive brings no more. */
const MOST_RECEIVED = 32;
/** Small messages cost memory besides their bytes. */
const MOST_HELD = 8_000;

export interface SharedReaderOptions {
  readonly queues: Pick<SharedQueues, 'places' | 'arrived' | 'receive' | 'roundTrips'>;
  readonly lanes: Pick<SharedLanes, 'add' | 'pending' | 'bytes' | 'changed'>;
  readonly progress: SinkProgress;
  readonly readAs: (message: SharedMessage) => SharedRead;
  /** A run ends where nothing came and nothing was held for so long, ms, and for as long as RocketMQ takes to answer small requests. */
  readonly idleMs: number;
  /** What may be received and not acknowledged. */
  readonly maxBytes: number;
  /** It aborts when no more is to be received. */
  readonly signal: AbortSignal;
}

/**
 * Receives until nothing comes any more. A place has one receive on its way, and another one for each answer that was full. No receive is
 * ended before the last one: for some seconds RocketMQ gives messages to those that have ended, and gives them to others late.
 */
export class SharedReader {
  readonly #options: SharedReaderOptions;
  readonly #end = new AbortController();
  readonly #loops = new Map<number, number>();
  readonly #running = new Set<Promise<void>>();
  #endSilence = (): void => {};
  #asked = 0;
  #largest = 0;

  constructor(options: SharedReaderOptions) {
    this.#options = options;
  }

  /** Ends it soon. */
  end(): void {
    this.#end.abort();
  }

  /** Resolves with why nothing more is received. Never rejects: failures are noted in `progress`. */
  async read(): Promise<CopyEnd> {
    const { queues, progress, signal } = this.#options;
    if (signal.aborted) return 'aborted';
    const end = () => this.end();
    signal.addEventListener('abort', end, { once: true });
    this.#listen();
    for (let place = 0; place < queues.places; place += 1) this.#begin(place);
    while (this.#running.size > 0) await Promise.all(this.#running);
    this.end();
    this.#endSilence();
    signal.removeEventListener('abort', end);
    if (signal.aborted || progress.failure !== undefined) return 'aborted';
    return progress.isFull ? 'limit' : 'caught-up';
  }

  /** Ends the receives once there is nothing to receive. */
  #listen(): void {
    const { queues, lanes, idleMs } = this.#options;
    this.#endSilence = silence(
      idleMs,
      () => (lanes.pending > 0 ? {} : queues.arrived),
      () => void this.#makeSure(),
    );
  }

  /** A slow or frozen proxy is as silent as an empty topic, but it does not answer small requests in time either. */
  async #makeSure(): Promise<void> {
    const { queues, lanes, progress } = this.#options;
    const { arrived } = queues;
    try {
      await queues.roundTrips();
      if (arrived === queues.arrived && lanes.pending === 0) this.end();
      else if (!this.#end.signal.aborted) this.#listen();
    } catch (error) {
      if (this.#end.signal.aborted) return;
      progress.fail(error);
      this.end();
    }
  }

  #begin(place: number): void {
    this.#loops.set(place, (this.#loops.get(place) ?? 0) + 1);
    const loop = this.#loop(place)
      .catch((error: unknown) => {
        this.#options.progress.fail(error);
        this.end();
      })
      .finally(() => this.#running.delete(loop));
    this.#running.add(loop);
  }

  async #loop(place: number): Promise<void> {
    const { queues, progress } = this.#options;
    const isAlone = () => this.#loops.get(place) === 1;
    try {
      while (await this.#hasRoom()) {
        const most = this.#most(isAlone());
        // Others have asked for all that the run still takes, one of them at this place.
        if (most <= 0) return;
        this.#asked += most;
        const messages = await queues.receive(place, most, this.#end.signal).finally(() => {
          this.#asked -= most;
        });
        if (messages.length > 0) this.#take(messages);
        if (progress.isFull) return this.end();
        if (messages.length < most && !isAlone()) return;
        if (messages.length === most && this.#running.size < RECEIVES_AT_ONCE) this.#begin(place);
      }
    } finally {
      // In the same turn as the end: another loop of this place would otherwise end, too, because of this one.
      this.#loops.set(place, (this.#loops.get(place) as number) - 1);
    }
  }

  #take(messages: readonly SharedMessage[]): void {
    const { lanes, progress, readAs } = this.#options;
    const reads = messages.map(readAs);
    for (const { bytes } of reads) this.#largest = Math.max(this.#largest, bytes);
    // What the run does not take in is given back at its end.
    lanes.add(reads.filter(({ bytes }) => progress.take(bytes)));
  }

  /** Resolves when more may be received, with false where nothing more is to be. */
  async #hasRoom(): Promise<boolean> {
    const { lanes, progress, maxBytes } = this.#options;
    for (;;) {
      if (this.#end.signal.aborted || progress.failure !== undefined) return false;
      if (lanes.pending < MOST_HELD && (lanes.bytes < maxBytes || lanes.pending === 0)) return true;
      await lanes.changed();
    }
  }

  /**
   * How many messages the next receive asks for: what is on its way may be as large as the largest so far. One that is alone at
   * its place asks for one at least, or nothing would come from there. What is more than the run takes in is given back.
   */
  #most(isAlone: boolean): number {
    const { lanes, progress, maxBytes } = this.#options;
    const fits = this.#largest === 0 ? MOST_RECEIVED : Math.floor((maxBytes - lanes.bytes) / this.#largest) - this.#asked;
    const most = Math.min(MOST_RECEIVED, progress.recordsLeft - this.#asked, fits);
    return isAlone ? Math.max(1, most) : most;
  }
}
