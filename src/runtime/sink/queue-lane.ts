import { ConnectError, toConnectError } from '../../api/index.ts';
import type { ErrorsSpec } from '../../config/connector-spec.ts';
import { untilAborted } from '../../kit/index.ts';
import { MissingMessages } from '../../rocketmq/types.ts';
import type { AckTracker } from '../run/ack-tracker.ts';
import type { PartitionStops } from '../run/partition-stops.ts';
import type { CopyEnd } from '../run/run.ts';
import type { BatchWriter, Writable } from './batch-writer.ts';
import type { QueueFeed } from './queue-feed.ts';
import { positionBehind } from './queue-position.ts';
import { gapIn, type OnOffsetLost } from './queue-start.ts';
import type { ReadMessage } from './read-message.ts';
import type { SinkDeadLetterSender } from './sink-dead-letter-sender.ts';
import type { SinkProgress } from './sink-progress.ts';
import type { WriteWindow } from './write-window.ts';

/** A batch of fewer records says nothing about the configuration. */
const BREAKER_RECORDS = 10;

export interface LaneOptions {
  readonly topic: string;
  /** Name of the queue. */
  readonly partition: string;
  readonly feed: QueueFeed;
  readonly writer: BatchWriter;
  readonly window: WriteWindow;
  readonly deadLetters: SinkDeadLetterSender;
  readonly errors: ErrorsSpec;
  readonly onOffsetLost: OnOffsetLost;
  readonly tracker: AckTracker;
  readonly stops: PartitionStops;
  readonly progress: SinkProgress;
  /** It aborts when no more is to be read. */
  readonly signal: AbortSignal;
  readonly onNotice: (notice: string) => void;
}

interface Refusal {
  readonly read: ReadMessage;
  readonly error: ConnectError;
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
      if (batch.length === 0) return progress.isFull ? 'limit' : 'caught-up';
      // A process that was frozen may be late by any time: what it holds belongs to its successor.
      if (!window.isOpen) return 'aborted';
      if (!(await this.#settle(batch))) return 'stopped';
    }
  }

  /** Writes the batch, and makes dead letters of what is refused. Returns false where the queue stops within it. */
  async #settle(batch: readonly ReadMessage[]): Promise<boolean> {
    const { writer, stops, partition } = this.#options;
    const refusals: Refusal[] = [];
    const sent = new Set<ReadMessage>();
    let tooMany: ConnectError | undefined;
    let unsent: { readonly read: ReadMessage; readonly reason: ConnectError } | undefined;
    const refuse = (read: ReadMessage, error: ConnectError): boolean => {
      if (this.#passesOver(read, error)) return true;
      refusals.push({ read, error });
      return this.#mayGoOn(refusals, batch);
    };
    // Where the first refused record stops the queue, nothing behind it is to be written.
    const unreadable = batch.findIndex(({ record }) => record === undefined);
    const stopsThere = unreadable !== -1 && this.#options.errors.tolerance === 'fail';
    const ahead = stopsThere ? batch.slice(0, unreadable) : batch;
    const records = ahead.filter((read): read is Writable => read.record !== undefined);
    const settled = async (end: number) => {
      for (const read of ahead.filter(({ message }) => message.offset < end)) {
        const isNew = read.refused !== undefined && refusals.every((refusal) => refusal.read !== read);
        if (isNew) refuse(read, read.refused as ConnectError);
      }
      if (this.#isTooMany(refusals, batch)) tooMany = this.#tooMany(refusals, batch, sent.size);
      if (tooMany !== undefined) throw new ConnectError('WRONG_STATE', tooMany.message);
      for (const { read, error } of refusals) {
        if (sent.has(read)) continue;
        const reason = await this.#sendOrStop({ read, error });
        if (reason !== undefined) {
          unsent = { read, reason };
          throw new ConnectError('WRONG_STATE', reason.message, { cause: reason });
        }
        sent.add(read);
      }
    };
    let wrote: boolean;
    try {
      wrote = records.length === 0 || (await writer.write(records, refuse, settled));
    } catch (error) {
      if (unsent === undefined) throw tooMany ?? error;
      // What the batch has in front of it may be rolled back, and comes again.
      stops.stop(partition, unsent.reason, namedRecord(partition, unsent.read.message));
      return false;
    }
    const unreadables = wrote
      ? ahead.filter((read) => read.refused !== undefined && refusals.every((refusal) => refusal.read !== read))
      : [];
    for (const read of unreadables) if (!refuse(read, read.refused as ConnectError)) break;
    refusals.sort((a, b) => a.read.message.offset - b.read.message.offset);
    if (this.#isTooMany(refusals, batch)) {
      this.#acknowledge(batch.slice(0, batch.indexOf((refusals[0] as Refusal).read)));
      throw this.#tooMany(refusals, batch, sent.size);
    }
    for (const refusal of refusals) {
      if (sent.has(refusal.read)) continue;
      const reason = await this.#sendOrStop(refusal);
      if (reason === undefined) continue;
      this.#stop(batch, refusal, reason);
      return false;
    }
    this.#acknowledge(ahead);
    if (!stopsThere) return true;
    const read = batch[unreadable] as ReadMessage;
    const refused = read.refused as ConnectError;
    if (this.#passesOver(read, refused)) {
      this.#acknowledge([read]);
      return batch.length === unreadable + 1 || this.#settle(batch.slice(unreadable + 1));
    }
    this.#stop(batch, { read, error: refused }, this.#refusedFor(read, refused));
    return false;
  }

  #passesOver({ message }: ReadMessage, error: ConnectError): boolean {
    const { stops, partition } = this.#options;
    return stops.passesOver(namedRecord(partition, message), error.message);
  }

  #mayGoOn(refusals: readonly Refusal[], batch: readonly ReadMessage[]): boolean {
    return this.#options.errors.tolerance === 'dead-letter' && !this.#isTooMany(refusals, batch);
  }

  #isTooMany(refusals: readonly Refusal[], batch: readonly ReadMessage[]): boolean {
    const unexpected = refusals.filter(({ error }) => !error.expected);
    return this.#options.errors.tolerance === 'dead-letter' && batch.length >= BREAKER_RECORDS && unexpected.length > batch.length / 2;
  }

  /** `sent`: dead letters that had to be sent before it was known. */
  #tooMany(refusals: readonly Refusal[], batch: readonly ReadMessage[], sent: number): ConnectError {
    const { read, error } = refusals.find((refusal) => !refusal.error.expected) as Refusal;
    const { code, message, remedy } = error;
    const many = `more than half of ${batch.length} records are refused, so that ${sent === 0 ? 'none' : `no more than ${sent}`} became a dead letter`;
    return new ConnectError(code, `${many}; the first is ${this.#options.partition}@${read.message.offset}: ${message}`, {
      remedy: remedy ?? 'correct the sink section, or the target',
      cause: error,
    });
  }

  /** Makes a dead letter. Resolves with an error where the queue stops at the record instead. */
  async #sendOrStop({ read, error }: Refusal): Promise<ConnectError | undefined> {
    const { errors, deadLetters, partition, topic } = this.#options;
    // What a dead letter can't make up for has another code.
    if (error.code !== 'RECORD_REFUSED') return error;
    if (errors.tolerance === 'fail') return this.#refusedFor(read, error);
    return deadLetters.send({ read, partition, topic, error });
  }

  #refusedFor({ message }: ReadMessage, { code, message: reason, remedy, cause }: ConnectError): ConnectError {
    const dead = 'set errors.tolerance to dead-letter';
    return new ConnectError(code, `record ${this.#options.partition}@${message.offset}: ${reason}`, {
      remedy: remedy === undefined ? dead : `${remedy}; or ${dead}`,
      cause,
    });
  }

  #stop(batch: readonly ReadMessage[], { read }: Refusal, reason: ConnectError): void {
    const { partition, stops } = this.#options;
    const index = batch.indexOf(read);
    this.#acknowledge(batch.slice(0, index));
    stops.stop(partition, reason, namedRecord(partition, read.message));
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

const namedRecord = (partition: string, { offset }: ReadMessage['message']) => ({ partition, id: String(offset) });
