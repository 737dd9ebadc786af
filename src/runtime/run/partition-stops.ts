import { ConnectError, type ErrorCode, type SourceRecord } from '../../api/index.ts';
import type { SkippedPlace, StoppedPartition } from '../../store/store.ts';

/** A run item must stay small, whatever a task meets. */
const KEPT = 10;
/** Of a task item, which holds its positions, too. */
const STANDING_KEPT = 100;
const MAX_MESSAGE_LENGTH = 500;

type Named = Pick<SourceRecord, 'partition' | 'id' | 'lastingId'>;

/** The name by which a user means one record: `flights-0@4711`. */
export const placeOf = ({ partition, id, lastingId }: Named): string => `${partition}@${lastingId?.() ?? id}`;

export interface StopOptions {
  readonly connector: string;
  /** All of the task. */
  readonly partitions: readonly string[];
  /** Places to pass over. */
  readonly skips: ReadonlySet<string>;
  /** As the last run left them; those at places to pass over go on. Default none. */
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
  /** Called with each partition that stops from now on; may not throw. */
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

  /** Notes why the partition stands still. `at`: the record that it stands at. The last reason wins: it is the one that stands first. */
  stop(partition: string, reason: ConnectError, at?: Named): void {
    const place = at === undefined ? undefined : placeOf(at);
    const error = place === undefined ? reason : withWayOn(reason, this.#options.connector, place);
    this.#errors.set(partition, { error, ...(place !== undefined && { place }) });
    this.#options.onStop?.(partition, error);
    this.onNew();
  }

  has(partition: string): boolean {
    return this.#errors.has(partition);
  }

  /** True where a user said to go on behind this record; notes that the run did. */
  passesOver(record: Named, reason: string): boolean {
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
    return [...this.#errors].slice(0, KEPT).map(asStored);
  }

  /** Those that stand at a record and that `wearsOut` says are not to be read again, at most a hundred. */
  standing(wearsOut: (partition: string) => boolean): StoppedPartition[] {
    const standing = [...this.#errors].filter(([partition, { place }]) => place !== undefined && wearsOut(partition));
    return standing.slice(0, STANDING_KEPT).map(asStored);
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
