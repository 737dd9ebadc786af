import type { Boundary } from '../position/position.ts';
import { anyServerId } from '../server/connection-options.ts';
import { BinlogStream, type StreamOptions } from './binlog-stream.ts';
import type { LogItem, LogMark } from './log-items.ts';
import type { TableMaps } from './tables/table-maps.ts';
import { type Verdict, WholeTransactions } from './whole-transactions.ts';

export interface CommittedLogOptions extends Omit<StreamOptions, 'onItem' | 'tables' | 'serverId'> {
  /** Undefined: any that is free. */
  readonly serverId: number | undefined;
  readonly makeTables: () => TableMaps;
}

/** Of items that are decided and wait to be taken. */
const PAUSE_BYTES = 4 * 1024 * 1024;

/** A server's log from a place to its end as it was when the run began, with only that of each transaction which stayed. */
export class CommittedLog {
  readonly #options: CommittedLogOptions;
  readonly #transactions: WholeTransactions;
  #stream: BinlogStream;
  /** While a transaction that was too large is about to be read once more. */
  #reopening: Promise<void> | undefined;
  #closed = false;

  constructor(options: CommittedLogOptions) {
    this.#options = options;
    this.#transactions = new WholeTransactions({
      onTooLarge: () => this.#stream.scan(),
      onVerdict: (verdict) => {
        this.#reopening = this.#reopen(verdict);
      },
    });
    this.#stream = this.#make(options.start);
  }

  open(): void {
    this.#stream.open();
  }

  /** True when the end was reached and all was taken. */
  get finished(): boolean {
    return this.#reopening === undefined && this.#stream.finished && this.#transactions.empty;
  }

  get empty(): boolean {
    return this.#transactions.empty;
  }

  /** The next item; undefined: wait for it. */
  shift(): LogItem | undefined {
    const item = this.#transactions.shift();
    if (this.#transactions.bytes < PAUSE_BYTES / 2) this.#stream.resume();
    return item;
  }

  /** Resolves when there may be an item, at the end, or when it is woken. Rejects where the log can't be read on. */
  async arrival(): Promise<void> {
    if (!this.#transactions.empty) return;
    if (this.#reopening === undefined) await this.#stream.arrival();
    else await this.#reopening;
  }

  wake(): void {
    this.#stream.wake();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reopening;
    await this.#stream.close();
  }

  #make(start: Boundary): BinlogStream {
    const { makeTables, ...options } = this.#options;
    const onItem = (item: LogItem | LogMark) => {
      // Whatever comes behind a transaction that is read once more comes once more, too.
      if (this.#reopening !== undefined) return;
      this.#transactions.take(item);
      if (this.#transactions.bytes > PAUSE_BYTES) stream.pause();
    };
    const serverId = options.serverId ?? anyServerId();
    const stream: BinlogStream = new BinlogStream({ ...options, serverId, start, tables: makeTables(), onItem });
    return stream;
  }

  async #reopen(verdict: Verdict): Promise<void> {
    // Not within the event that told it.
    await Promise.resolve();
    await this.#stream.close();
    this.#transactions.expect(verdict);
    this.#stream = this.#make(verdict.place);
    this.#reopening = undefined;
    if (!this.#closed) this.#stream.open();
  }
}
