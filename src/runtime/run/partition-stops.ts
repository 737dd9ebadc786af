import { ConnectError, type ErrorCode, type NamedRecord, placeOf } from '../../api/index.ts';
import type { SkippedPlace, StoppedPartition } from '../../store/store.ts';

/** So many entries go into a summary: a run item must stay small, whatever a task meets. */
const KEPT = 10;
/** So many entries go into a task item, which holds its positions, too. */
const STANDING_KEPT = 100;
const MAX_MESSAGE_LENGTH = 500;

export interface StopOptions {
  readonly connector: string;
  /** All partitions of the task. */
  readonly partitions: readonly string[];
  /** Places that a user lets the run pass over. */
  readonly skips: ReadonlySet<string>;
  /** Partitions that the last run left standing. Those that stand at a place to pass over go on. Default none. */
  readonly standing?: readonly StoppedPartition[] | undefined;
  /** May not throw. */
  readonly onStop?: (partition: string, error: ConnectError) => void;
  /** May not throw. */
  readonly onSkip?: (skipped: SkippedPlace) => void;
}

interface Stop {
  readonly error: ConnectError;
  readonly place?: string;
}

const asStored = ([partition, { error, place }]: [string, Stop]): StoppedPartition => ({
  partition,
  ...(place !== undefined && { place }),
  code: error.code,
  message: error.message.slice(0, MAX_MESSAGE_LENGTH),
  ...(error.remedy !== undefined && { remedy: error.remedy.slice(0, MAX_MESSAGE_LENGTH) }),
  retriable: error.retriable,
});

/** Partitions that a run could not go on with, and places that a user let it pass over. */
export class PartitionStops {
  readonly #options: StopOptions;
  readonly #errors = new Map<string, Stop>();
  readonly #skipped: SkippedPlace[] = [];
  /** It is called with each partition that stops from now on. It may not throw. */
  onNew: () => void = () => {};
  readonly #passedOver = new Set<string>();

  constructor(options: StopOptions) {
    this.#options = options;
    for (const stopped of options.standing ?? []) this.#stand(stopped);
  }

  #stand({ partition, place, code, message, remedy, retriable }: StoppedPartition): void {
    if (place === undefined || this.#options.skips.has(place) || !this.#options.partitions.includes(partition)) return;
    const error = new ConnectError(code as ErrorCode, message, { retriable, ...(remedy !== undefined && { remedy }) });
    this.#errors.set(partition, { error, place });
    this.#options.onStop?.(partition, error);
  }

  /** Notes why the partition stands still, and `at` which record. The last reason wins: its record comes first in the partition. */
  stop(partition: string, reason: ConnectError, at?: NamedRecord): void {
    const place = at === undefined ? undefined : placeOf(at);
    const error = place === undefined ? reason : withWayOn(reason, this.#options.connector, place);
    this.#errors.set(partition, { error, ...(place !== undefined && { place }) });
    this.#options.onStop?.(partition, error);
    this.onNew();
  }

  has(partition: string): boolean {
    return this.#errors.has(partition);
  }

  /** Says whether a user lets the run go on behind this record, and notes that it did. */
  passesOver(record: NamedRecord, reason: string): boolean {
    if (this.#options.skips.size === 0) return false;
    const place = placeOf(record);
    if (!this.#options.skips.has(place)) return false;
    if (this.#passedOver.has(place)) return true;
    this.#passedOver.add(place);
    const skipped = { place, reason: reason.slice(0, MAX_MESSAGE_LENGTH) };
    if (this.#skipped.length < KEPT) this.#skipped.push(skipped);
    this.#options.onSkip?.(skipped);
    return true;
  }

  get partitions(): Iterable<string> {
    return this.#errors.keys();
  }

  /** Says whether no partition of the task is left. */
  get all(): boolean {
    return this.#errors.size > 0 && this.#options.partitions.every((partition) => this.#errors.has(partition));
  }

  /** The first reason that waiting can't mend, or else the first one. */
  get worst(): ConnectError | undefined {
    const errors = [...this.#errors.values()].map(({ error }) => error);
    return errors.find(({ retriable }) => !retriable) ?? errors[0];
  }

  get count(): number {
    return this.#errors.size;
  }

  /** The first ten partitions that stopped, for the run's summary. */
  get stopped(): StoppedPartition[] {
    return [...this.#errors].slice(0, KEPT).map(asStored);
  }

  /** Returns the partitions that stand at a record and that, by `wearsOut`, no run may read again. At most a hundred. */
  standing(wearsOut: (partition: string) => boolean): StoppedPartition[] {
    const standing = [...this.#errors].filter(([partition, { place }]) => place !== undefined && wearsOut(partition));
    return standing.slice(0, STANDING_KEPT).map(asStored);
  }

  /** The first ten places that were passed over, for the run's summary. */
  get skipped(): readonly SkippedPlace[] {
    return this.#skipped;
  }

  /** Every place that was passed over. */
  get passedOver(): ReadonlySet<string> {
    return this.#passedOver;
  }
}

function withWayOn(error: ConnectError, connector: string, place: string): ConnectError {
  const wayOn = `to pass over it: rocketmq-connect skip ${connector} --at '${place}'`;
  const remedy = error.remedy === undefined ? wayOn : `${error.remedy}; or, ${wayOn}`;
  return new ConnectError(error.code, error.message, { retriable: error.retriable, remedy, cause: error.cause });
}
