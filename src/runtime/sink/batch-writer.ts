import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError, type ErrorCode, type SinkTask, toConnectError } from '../../api/index.ts';
import { backOff } from '../../kit/index.ts';
import { positionBehind } from './queue-position.ts';
import type { ReadMessage } from './read-message.ts';
import type { WriteWindow } from './write-window.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A target that is away is tried again for so long. Waiting in a function costs money; the next run tries again. */
const PATIENCE_MS = 30_000;

/** No other try in this run mends these. */
const AT_ONCE: ReadonlySet<ErrorCode> = new Set(['RECORD_REFUSED', 'LEASE_LOST']);

export interface WriterOptions {
  readonly task: SinkTask;
  readonly partition: string;
  /** Default: the partition's own. */
  readonly lane?: string;
  readonly window: WriteWindow;
  /** It aborts when the run is to end: no write is tried again then. */
  readonly signal: AbortSignal;
}

/** Says what becomes of a record that the target refuses for good; false ends the writing. */
export type OnRefused = (message: Writable, error: ConnectError) => boolean;

/** Says whether a record is to be in the target. It is asked before each write, and behind one that refused records, in their order. */
export type Admits = (message: Writable) => boolean;

/** For `SinkBatch.settled`: of what comes before this offset. */
export type Settle = (end: number) => Promise<void>;

/** A message that is a record. */
export type Writable = ReadMessage & { readonly record: NonNullable<ReadMessage['record']> };

/** Writes records of one lane to the target. It tries again while the target is away, and finds the records that it refuses. */
export class BatchWriter {
  readonly #options: WriterOptions;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /**
   * Writes the messages in their order. Resolves with true when all are durable but those that `onRefused` was given, in their order.
   * Resolves with false once that has ended it: nothing is known of the messages behind then. Rejects with any other failure, also of a
   * target that stays away. `admits`: default all.
   */
  async write(all: readonly Writable[], onRefused: OnRefused, settled?: Settle, admits: Admits = () => true): Promise<boolean> {
    const messages = all.filter(admits);
    if (messages.length === 0) return true;
    let refusal: ConnectError;
    try {
      return await this.#writeAll(messages, onRefused, settled, admits);
    } catch (error) {
      refusal = toConnectError(error);
      if (refusal.code !== 'RECORD_REFUSED') throw refusal;
    }
    const [first] = messages as [Writable];
    if (messages.length === 1) return onRefused(first, refusal);
    const half = messages.length >> 1;
    return (
      (await this.write(messages.slice(0, half), onRefused, settled, admits)) &&
      this.write(messages.slice(half), onRefused, settled, admits)
    );
  }

  async #writeAll(messages: readonly Writable[], onRefused: OnRefused, settled: Settle | undefined, admits: Admits): Promise<boolean> {
    const { failed = [] } = await this.#untilAnswered(messages, settled);
    for (const { index, error } of failed.toSorted((a, b) => a.index - b.index)) {
      const message = messages[index];
      if (message === undefined) throw new ConnectError('INTERNAL', `the sink says that record ${index} of ${messages.length} failed`);
      if (!onRefused(message, error)) return false;
    }
    if (failed.length > 0) {
      const refused = new Set(failed.map(({ index }) => index));
      for (const [index, message] of messages.entries()) if (!refused.has(index)) admits(message);
    }
    return true;
  }

  async #untilAnswered(messages: readonly Writable[], settled?: Settle): ReturnType<SinkTask['write']> {
    const { task, partition, lane = partition, window, signal } = this.#options;
    const { deadline } = window;
    const { message: last } = messages.at(-1) as Writable;
    const position = positionBehind(last);
    const end = last.offset;
    const records = messages.map(({ record }) => record);
    const until = Math.min(Date.now() + PATIENCE_MS, deadline);
    let failure: ConnectError | undefined;
    for (let attempt = 0; ; attempt += 1) {
      // Why the attempt before failed says more.
      if (!window.isOpen) throw failure ?? new ConnectError('INTERRUPTED', 'the time of the run is over', { retriable: true });
      try {
        const batch = { lane, partition, records, position, deadline, signal: window.signal };
        return await window.within(task.write(settled === undefined ? batch : { ...batch, settled: () => settled(end) }));
      } catch (thrown) {
        const error = toConnectError(thrown);
        if (error.code === 'INTERRUPTED' && failure !== undefined) throw failure;
        failure = error;
        const pause = backOff(attempt, FIRST_PAUSE_MS, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
        if (!error.retriable || AT_ONCE.has(error.code) || signal.aborted || Date.now() + pause >= until) throw error;
        await sleep(pause, undefined, { signal }).catch(() => {});
        if (signal.aborted) throw error;
      }
    }
  }
}
