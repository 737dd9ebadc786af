import type { ConnectRecord } from '../../../../src/api/index.ts';
import { Cursor } from './cursor.ts';
import { difference } from './difference.ts';
import type { ExpectedPartition, ExpectedRecord } from './source.ts';

export interface CheckResult {
  /** The number of expected records that arrived, in order, byte for byte. */
  readonly matched: number;
  /** The number of records that came again. "At least once" allows it. */
  readonly repeats: number;
  /** The first differences. The list is empty if the check passes. */
  readonly problems: readonly string[];
}

/** A record where it has been copied to. */
export interface Arrived {
  /** The place where it was found, for people. */
  readonly where: string;
  /** The expected record that it should be a copy of, or a text for people that says why there is none. */
  readonly copyOf: { readonly partition: string; readonly id: number } | string;
  readonly record: ConnectRecord;
}

const PROBLEMS_SHOWN = 5;

export interface ComparisonOptions {
  readonly partitions: readonly ExpectedPartition[];
  /** The headers that the check does not compare. */
  readonly addedHeaders?: RegExp;
  /** The name of the system that has the copies. */
  readonly title: string;
  /** How many records may be missing before the first ones of the partitions, because they were taken away before. Default 0. */
  readonly takenBefore?: number;
  readonly onProgress: (matched: number) => void;
}

/**
 * Compares arrived records one by one with those that should arrive. It holds neither in memory. It passes if each partition's records come
 * in their order, with the same key, value, headers and timestamp, and none is missing at the end. The caller closes it.
 */
export class Comparison {
  readonly #options: ComparisonOptions;
  readonly #cursors: ReadonlyMap<string, Cursor<ExpectedRecord>>;
  readonly #problems: string[] = [];
  #matched = 0;
  #repeats = 0;
  /** Records before the first ones that are there. */
  #skipped = 0;

  constructor(options: ComparisonOptions) {
    this.#options = options;
    this.#cursors = new Map(options.partitions.map(({ name, read }) => [name, new Cursor(read())]));
  }

  async take(records: readonly Arrived[]): Promise<void> {
    for (const record of records) await this.#takeOne(record);
    this.#options.onProgress(this.#matched);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#cursors.values()].map((cursor) => cursor.close()));
  }

  result(): CheckResult {
    const { partitions, title, takenBefore = 0 } = this.#options;
    const behind = partitions.reduce((total, { name, records }) => total + records - (this.#cursors.get(name)?.passed ?? 0), 0);
    const missing = behind + this.#skipped - takenBefore;
    if (missing > 0) this.#problem(`${missing} records of the source are not in ${title}`);
    return { matched: this.#matched, repeats: this.#repeats, problems: this.#problems };
  }

  async #takeOne({ where, copyOf, record }: Arrived): Promise<void> {
    const { addedHeaders, takenBefore } = this.#options;
    if (typeof copyOf === 'string') return this.#problem(`${where}: ${copyOf}`);
    const { partition, id } = copyOf;
    const cursor = this.#cursors.get(partition);
    if (cursor === undefined) return this.#problem(`${where}: the source has no partition ${partition}`);
    let expected = await cursor.peek();
    if (cursor.passed === 0 && (takenBefore ?? 0) > 0) {
      for (; expected !== undefined && expected.id < id; expected = await cursor.peek()) {
        cursor.pass();
        this.#skipped += 1;
      }
    }
    if (expected === undefined || id < expected.id) {
      this.#repeats += 1;
      return;
    }
    const at = `${partition} at ${id}`;
    if (id > expected.id) return this.#problem(`${where}: ${at} arrived instead of ${expected.id}`);
    const wrong = difference(expected, { ...record, headers: record.headers.filter(({ name }) => !addedHeaders?.test(name)) });
    if (wrong !== undefined) this.#problem(`${where}: ${at} differs in its ${wrong}`);
    cursor.pass();
    this.#matched += 1;
  }

  #problem(text: string): void {
    if (this.#problems.length < PROBLEMS_SHOWN) this.#problems.push(text);
  }
}
