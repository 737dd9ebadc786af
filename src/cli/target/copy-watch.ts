import type { RunProgress } from './run-totals.ts';

/** Every copy waits for less than this all the time. */
const WAIT_IS_LONG_MS = 3_000;

const SOURCE = 'the source';

/** Knows how far the tasks of one run have come, and what they wait for. */
export class CopyWatch {
  readonly #now: () => number;
  readonly #tasks: readonly number[];
  readonly #startedAt: number;
  /** Holds the start of each call that has not ended. */
  readonly #waits = new Map<object, { readonly place: string; readonly since: number }>();
  /** Holds, for each task, the records that it read in this run, and how many the source had left at that moment. */
  readonly #reads = new Map<number, { readonly records: number; readonly left: number | undefined }>();
  readonly #ended = new Set<number>();
  readonly #elsewhere = new Set<number>();
  #records = 0;
  #bytes = 0;
  #movedAt: number;

  constructor(tasks: readonly number[], now: () => number = Date.now) {
    this.#tasks = tasks;
    this.#now = now;
    this.#startedAt = now();
    this.#movedAt = this.#startedAt;
  }

  /** RocketMQ has acknowledged these records. */
  sent(records: number, bytes: number): void {
    this.#records += records;
    this.#bytes += bytes;
    this.#movedAt = this.#now();
  }

  /** `left` is the number of records that the source has after them, or undefined if it does not know. */
  read(task: number, records: number, left: number | undefined): void {
    const { records: before = 0 } = this.#reads.get(task) ?? {};
    this.#reads.set(task, { records: before + records, left });
    if (records > 0) this.#movedAt = this.#now();
  }

  ended(task: number): void {
    this.#ended.add(task);
    this.#elsewhere.delete(task);
  }

  /** Another process has started to run the task, or has stopped. */
  elsewhere(task: number, isElsewhere: boolean): void {
    if (isElsewhere) this.#elsewhere.add(task);
    else this.#elsewhere.delete(task);
  }

  /** `place` names what the call waits for. */
  async during<T>(place: string, call: () => Promise<T>): Promise<T> {
    const key = {};
    this.#waits.set(key, { place, since: this.#now() });
    try {
      return await call();
    } finally {
      this.#waits.delete(key);
    }
  }

  get progress(): RunProgress {
    const total = this.#total();
    const waits = this.#waitsFor();
    return {
      tasks: this.#tasks.length,
      ended: this.#ended.size,
      elsewhere: this.#elsewhere.size,
      records: this.#records,
      bytes: this.#bytes,
      elapsedMs: this.#now() - this.#startedAt,
      ...(total !== undefined && { total }),
      ...(waits !== undefined && { waits }),
    };
  }

  /** Returns undefined until each task that has not ended knows what is left. */
  #total(): number | undefined {
    let total = 0;
    for (const task of this.#tasks) {
      const read = this.#reads.get(task);
      const left = this.#ended.has(task) ? 0 : read?.left;
      if (left === undefined) return undefined;
      total += (read?.records ?? 0) + left;
    }
    // A later invocation reads records again that an earlier one read and did not send. They count twice.
    return Math.max(total, this.#records);
  }

  /** RocketMQ comes first: while it is away, the runtime still asks the source for more. */
  #waitsFor(): RunProgress['waits'] {
    const waits = [...this.#waits.values()];
    const [wait] = [...waits.filter(({ place }) => place !== SOURCE), ...waits];
    if (wait === undefined) return undefined;
    const oldest = Math.min(...waits.filter(({ place }) => place === wait.place).map(({ since }) => since));
    const ms = this.#now() - Math.max(oldest, this.#movedAt);
    return ms < WAIT_IS_LONG_MS ? undefined : { for: wait.place, ms };
  }
}
