import { hashText, untilAborted } from '../../kit/index.ts';
import { AckUnit } from '../run/ack-unit.ts';
import { InFlight } from '../run/in-flight.ts';
import type { CopyEnd } from '../run/run.ts';
import type { Halt } from './batch-refusals.ts';
import { BatchSettler } from './batch-settler.ts';
import type { BatchWriter } from './batch-writer.ts';
import { MessagePlace } from './message-place.ts';
import { orderingKeyOf } from './ordering-key.ts';
import type { Lanes, LanesOptions } from './queue-lane.ts';
import type { ReadMessage } from './read-message.ts';
import { RefusalBreaker } from './refusal-breaker.ts';
import type { WriteWindow } from './write-window.ts';

export interface KeyLanesOptions extends Omit<LanesOptions, 'writer' | 'breaker'> {
  /** How many. */
  readonly lanes: number;
  readonly writerOf: (lane: string) => BatchWriter;
  readonly window: WriteWindow;
  /** It aborts when no more is to be read. */
  readonly signal: AbortSignal;
  /** A batch holds no more. */
  readonly batch: { readonly records: number; readonly bytes: number };
  /** What waits in all lanes and what is written: more is taken only below that. */
  readonly inFlight: { readonly records: number; readonly bytes: number };
}

/** Messages of one lane that are written together. */
interface Share {
  readonly unit: AckUnit;
  readonly messages: ReadMessage[];
  bytes: number;
}

interface Lane {
  readonly settler: BatchSettler;
  readonly waiting: Share[];
  isRunning: boolean;
  /** Resolves when it rests. */
  running: Promise<void>;
}

/**
 * Spreads the messages of a queue over lanes by their keys. Lanes write side by side, so that a slow one does not hold up the others before
 * the memory is used up. The tracker gets every message as it comes, and stores only places up to which all lanes are done.
 */
export class KeyLanes implements Lanes {
  readonly #options: KeyLanesOptions;
  readonly #lanes: readonly Lane[];
  readonly #inFlight = new InFlight();
  /** Nothing at or behind this offset is to be written. */
  #end = Number.POSITIVE_INFINITY;
  /** The last offset of the batches that were begun. */
  #begun = -1;
  #hasStopped = false;

  constructor(options: KeyLanesOptions) {
    this.#options = options;
    const breaker = new RefusalBreaker();
    this.#lanes = Array.from({ length: options.lanes }, (_, lane) => ({
      settler: new BatchSettler({ ...options, breaker, writer: options.writerOf(`${options.partition}#${lane}`) }),
      waiting: [],
      isRunning: false,
      running: Promise.resolve(),
    }));
  }

  async take(messages: readonly ReadMessage[]): Promise<boolean> {
    const { inFlight, signal, window, progress } = this.#options;
    for (const read of messages) this.#add(read);
    for (const lane of this.#lanes) if (!lane.isRunning) lane.running = this.#run(lane);
    const isOver = () => this.#hasStopped || progress.failure !== undefined;
    // Who reads finds out by itself that it is to end.
    await untilAborted(this.#inFlight.below(inFlight.bytes, inFlight.records, window.deadline, isOver), signal).catch(() => {});
    return !this.#hasStopped;
  }

  async finish(end: CopyEnd): Promise<CopyEnd> {
    // A lane that is behind the others is still written up to where they are: its records alone would bring all of theirs again.
    if (end === 'aborted') this.#end = Math.min(this.#end, this.#begun + 1);
    await Promise.all(this.#lanes.map(({ running }) => running));
    const left = this.#lanes.flatMap(({ waiting }) => waiting.splice(0));
    for (const { messages, bytes } of left) this.#inFlight.remove(messages.length, bytes);
    if (this.#hasStopped) return 'stopped';
    return left.length > 0 || this.#options.progress.failure !== undefined ? 'aborted' : end;
  }

  #add(read: ReadMessage): void {
    const { partition, tracker, batch } = this.#options;
    const { waiting } = this.#lanes[laneOf(read, this.#lanes.length)] as Lane;
    let share = waiting.at(-1);
    if (share === undefined || share.messages.length >= batch.records || share.bytes >= batch.bytes) {
      share = { unit: new AckUnit(), messages: [], bytes: 0 };
      waiting.push(share);
    }
    share.messages.push(read);
    share.bytes += read.bytes;
    tracker.add(new MessagePlace(partition, read.message), share.unit);
    this.#inFlight.add(1, read.bytes);
  }

  /** Writes what waits in the lane, batch after batch. Never rejects. */
  async #run(lane: Lane): Promise<void> {
    lane.isRunning = true;
    for (let share = this.#next(lane); share !== undefined; share = this.#next(lane)) {
      await this.#settle(share, lane);
      this.#inFlight.remove(share.messages.length, share.bytes);
    }
    lane.isRunning = false;
  }

  #next({ waiting }: Lane): Share | undefined {
    const { progress, window } = this.#options;
    const first = waiting[0]?.messages[0];
    // A process that was frozen may be late by any time: what it holds belongs to its successor.
    if (first === undefined || first.message.offset >= this.#end || progress.failure !== undefined || !window.isOpen) return undefined;
    const share = waiting.shift() as Share;
    this.#begun = Math.max(this.#begun, (share.messages.at(-1) as ReadMessage).message.offset);
    return share;
  }

  async #settle({ messages, unit }: Share, { settler }: Lane): Promise<void> {
    const { tracker, progress, window } = this.#options;
    let settled = 0;
    try {
      const wanted = messages.filter(({ message }) => message.offset < this.#end);
      const halt = await settler.settle(wanted, (done) => {
        settled += done.length;
        progress.settled(done);
      });
      if (halt !== undefined) this.#halt(halt, unit, messages.slice(0, settled));
      else if (wanted.length === messages.length) tracker.acknowledge(unit);
      else this.#block(unit, wanted);
    } catch (error) {
      progress.failUnlessLate(error, window);
    }
  }

  /** Stops the queue, or fails the run. Lanes go on to what comes before the message. */
  #halt({ read, error, stopsQueue }: Halt, unit: AckUnit, before: readonly ReadMessage[]): void {
    const { partition, stops, progress } = this.#options;
    const { offset } = read.message;
    const isFirst = offset < this.#end;
    this.#block(unit, before);
    if (!stopsQueue) progress.fail(error);
    else if (isFirst) stops.stop(partition, error, { partition, id: String(offset) });
    this.#hasStopped ||= stopsQueue;
    this.#end = Math.min(this.#end, offset);
  }

  /** Only `before` of the unit is settled: no place behind it may be stored. */
  #block(unit: AckUnit, before: readonly ReadMessage[]): void {
    const { tracker, partition } = this.#options;
    const places = before.map(({ message }) => new MessagePlace(partition, message));
    tracker.blockWithin(partition, unit, places);
    tracker.acknowledge(unit);
  }
}

/** Messages without a key share one lane, and so keep their order. */
function laneOf(read: ReadMessage, lanes: number): number {
  const key = orderingKeyOf(read);
  if (key === undefined) return 0;
  const hash = hashText(key);
  // Alone, the low bits depend on nothing but the low bits of the key's letters.
  return ((hash ^ (hash >>> 15)) >>> 0) % lanes;
}
