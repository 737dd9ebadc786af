import { ConnectError } from '../api/index.ts';
import type { SkippedPlace, StoppedPartition } from '../store/store.ts';

/** A run item must stay small, whatever a task meets. */
const KEPT = 10;
const MAX_MESSAGE_LENGTH = 500;

/** The name by which a user means one record: `flights-0@4711`. */
export const placeOf = (partition: string, id: string): string => `${partition}@${id}`;

export interface StopOptions {
  readonly connector: string;
  /** All of the task. */
  readonly partitions: readonly string[];
  /** Places to pass over. */
  readonly skips: ReadonlySet<string>;
  /** May not throw. */
  readonly onStop?: (partition: string, error: ConnectError) => void;
  /** May not throw. */
  readonly onSkip?: (skipped: SkippedPlace) => void;
}

/** Partitions that a run could not go on with, and places that a user let it pass over. */
export class PartitionStops {
  readonly #options: StopOptions;
  readonly #errors = new Map<string, { readonly error: ConnectError; readonly place?: string }>();
  readonly #skipped: SkippedPlace[] = [];
  readonly #passedOver = new Set<string>();

  constructor(options: StopOptions) {
    this.#options = options;
  }

  /** Notes why the partition stands still. `id`: of the record that it stands at. The last reason wins: it is the one that stands first. */
  stop(partition: string, reason: ConnectError, id?: string): void {
    const place = id === undefined ? undefined : placeOf(partition, id);
    const error = place === undefined ? reason : withWayOn(reason, this.#options.connector, place);
    this.#errors.set(partition, { error, ...(place !== undefined && { place }) });
    this.#options.onStop?.(partition, error);
  }

  has(partition: string): boolean {
    return this.#errors.has(partition);
  }

  /** True where a user said to go on behind this record; notes that the run did. */
  passesOver(partition: string, id: string, reason: string): boolean {
    const place = placeOf(partition, id);
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

  /** No partition of the task is left. */
  get all(): boolean {
    return this.#errors.size > 0 && this.#options.partitions.every((partition) => this.#errors.has(partition));
  }

  /** The first reason that waiting can't mend, else the first. */
  get worst(): ConnectError | undefined {
    const errors = [...this.#errors.values()].map(({ error }) => error);
    return errors.find(({ retriable }) => !retriable) ?? errors[0];
  }

  get count(): number {
    return this.#errors.size;
  }

  /** The first ten, for the run's summary. */
  get stopped(): StoppedPartition[] {
    return [...this.#errors].slice(0, KEPT).map(([partition, { error, place }]) => ({
      partition,
      ...(place !== undefined && { place }),
      code: error.code,
      message: error.message.slice(0, MAX_MESSAGE_LENGTH),
      ...(error.remedy !== undefined && { remedy: error.remedy.slice(0, MAX_MESSAGE_LENGTH) }),
      retriable: error.retriable,
    }));
  }

  /** The first ten, for the run's summary. */
  get skipped(): readonly SkippedPlace[] {
    return this.#skipped;
  }

  /** Every place that was passed over. */
  get passedOver(): ReadonlySet<string> {
    return this.#passedOver;
  }
}

function withWayOn(error: ConnectError, connector: string, place: string): ConnectError {
  const wayOn = `to go on behind it without it: rocketmq-connect skip ${connector} --at '${place}'`;
  const remedy = error.remedy === undefined ? wayOn : `${error.remedy}; or, ${wayOn}`;
  return new ConnectError(error.code, error.message, { retriable: error.retriable, remedy, cause: error.cause });
}
