import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError, type SinkBatch, type SinkRecord } from '../../api/index.ts';
import { backOff } from '../../kit/index.ts';
import type { LambdaSinkConfig } from './config.ts';
import { EVENT_LIMIT_BYTES, kafkaEvent } from './event.ts';
import type { FunctionClient } from './function-client.ts';
import { verdictOn } from './verdict.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

export type WriterConfig = Pick<LambdaSinkConfig, 'batchSize' | 'maxAttempts' | 'maxRecordAgeMs'>;

/**
 * Hands the records of one lane to the function, in their order. It remembers how far it is: the runtime writes records again where a
 * request failed, or where it looks for a refused one, and the function then gets only those that it has not yet done.
 */
export class LaneWriter {
  readonly #client: FunctionClient;
  readonly #config: WriterConfig;
  readonly #partition: number;
  /** Offset of the first record that the function has not done. */
  #next = 0;
  /** How often that one failed, alone or by name. */
  #attempts = 0;
  /** Why that one is refused. The runtime has yet to find it, and to say what becomes of it. */
  #refused: ConnectError | undefined;
  /** How many records from that one on were in an event that failed, so that the fault is among them; 0 where none has. */
  #suspects = 0;

  constructor(client: FunctionClient, config: WriterConfig, partition: number) {
    this.#client = client;
    this.#config = config;
    this.#partition = partition;
  }

  /**
   * Resolves when the function has done all of them. Throws RECORD_REFUSED where one is refused, whichever it is: nothing behind it is sent
   * before the runtime goes on behind it.
   */
  async write({ records, deadline, signal }: Pick<SinkBatch, 'records' | 'deadline' | 'signal'>): Promise<void> {
    const [first] = records as readonly [SinkRecord];
    if (first.offset > this.#next) this.#goOnAt(first.offset);
    let rest = this.#left(records);
    while (rest.length > 0) {
      if (this.#refused === undefined) await this.#send(rest, deadline, signal);
      if (this.#refused !== undefined) throw this.#refused;
      rest = this.#left(rest);
    }
  }

  #left(records: readonly SinkRecord[]): readonly SinkRecord[] {
    return records.filter(({ offset }) => offset >= this.#next);
  }

  /** Sends one event, and notes what the function says of it. */
  async #send(records: readonly SinkRecord[], deadline: number, signal: AbortSignal): Promise<void> {
    const [first] = records as readonly [SinkRecord];
    // Other lanes have the offsets between: what is known of the first one must still be known when it comes again.
    this.#next = first.offset;
    this.#refused = this.#tooOld(first);
    if (this.#refused !== undefined) return;
    const most = this.#suspects === 0 ? this.#config.batchSize : Math.ceil(this.#suspects / 2);
    const { payload, count } = kafkaEvent(records, this.#partition, most);
    if (count === 0) {
      this.#refused = tooLarge(payload.length);
      return;
    }
    if (Date.now() >= deadline) throw tooLate();
    const sent = records.slice(0, count);
    const answer = await this.#client.invoke(payload, signal);
    if ('tooLarge' in answer && count === 1) {
      this.#refused = tooLarge(payload.length);
      return;
    }
    const verdict = verdictOn(answer, sent, this.#partition);
    if (verdict.failed === 'none') {
      this.#goOnAt((sent.at(-1) as SinkRecord).offset + 1, Math.max(0, this.#suspects - count));
      return;
    }
    if (verdict.failed === 'some' && count > 1) {
      this.#suspects = count;
      return;
    }
    if (verdict.failed === 'from' && verdict.at > 0) this.#goOnAt((sent[verdict.at] as SinkRecord).offset);
    await this.#failedAgain(verdict.error, deadline, signal);
  }

  /** Waits before the next attempt; after the last one the record is refused. */
  async #failedAgain(error: ConnectError, deadline: number, signal: AbortSignal): Promise<void> {
    this.#attempts += 1;
    if (this.#attempts >= this.#config.maxAttempts) {
      this.#refused = error;
      return;
    }
    const pause = backOff(this.#attempts - 1, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    if (Date.now() + pause >= deadline) throw tooLate();
    await sleep(pause, undefined, { signal }).catch(() => {
      throw tooLate();
    });
  }

  #goOnAt(offset: number, suspects = 0): void {
    this.#next = offset;
    this.#suspects = suspects;
    this.#attempts = 0;
    this.#refused = undefined;
  }

  #tooOld({ storedAt }: SinkRecord): ConnectError | undefined {
    const { maxRecordAgeMs } = this.#config;
    if (maxRecordAgeMs === undefined || Date.now() - storedAt <= maxRecordAgeMs) return undefined;
    return new ConnectError('RECORD_REFUSED', `it was stored at ${new Date(storedAt).toISOString()}, longer ago than sink.maxRecordAgeMs`, {
      remedy: 'raise sink.maxRecordAgeMs, or leave it out',
      expected: true,
    });
  }
}

const tooLarge = (bytes: number): ConnectError =>
  new ConnectError('RECORD_REFUSED', `it makes an event of ${bytes} bytes, and Lambda takes less than ${EVENT_LIMIT_BYTES}`, {
    remedy: 'let its producer write smaller messages, or put what is large elsewhere and send its place',
  });

const tooLate = (): ConnectError =>
  new ConnectError('TIMEOUT', 'the function did not do a record before the time of the run was over', {
    retriable: true,
    remedy: 'wait: the next run sends it again',
  });
