import type { Position, SourceRecord } from '../api/index.ts';

/** Records that one send carries; acknowledged as a whole. */
export interface Lot {
  acknowledged: boolean;
  readonly partitions: Set<string>;
}

/** Where a record is. Its position is asked for when it counts: of most records it never does. */
type Place = Pick<SourceRecord, 'partition' | 'position'>;

interface Entry {
  readonly lot: Lot | undefined;
  last: Pick<Place, 'position'>;
}

/** Nothing at or behind it is ever acknowledged. */
const BARRIER: Entry = { lot: { acknowledged: false, partitions: new Set() }, last: { position: '' } };

/**
 * Keeps, per partition, the order in which records were read and which of them RocketMQ has acknowledged, and knows the
 * place up to which *everything* is acknowledged: the only place that may be stored. Sends to several queues finish in any
 * order; a gap holds its partition back until it is filled.
 */
export class AckTracker {
  readonly #entries = new Map<string, Entry[]>();
  readonly #reached = new Map<string, Position>();
  readonly #onReached: (partition: string, position: Position) => void;
  #changed = false;

  /** `onReached` is called whenever a partition's place moves on; it may not throw. */
  constructor(onReached: (partition: string, position: Position) => void = () => {}) {
    this.#onReached = onReached;
  }

  /** A new, empty lot. */
  lot(): Lot {
    return { acknowledged: false, partitions: new Set() };
  }

  /** The next record of its partition travels in `lot`. Call in the order of reading. */
  add(record: Place, lot: Lot): void {
    const entries = this.#of(record.partition);
    const last = entries.at(-1);
    // Neighbours in one lot are acknowledged together, so one entry serves them all.
    if (last?.lot === lot) last.last = record;
    else {
      entries.push({ lot, last: record });
      lot.partitions.add(record.partition);
    }
  }

  /** A place reached without a record: counts once everything before it is acknowledged. */
  skipTo(partition: string, position: Position): void {
    const entries = this.#of(partition);
    if (entries.at(-1) === BARRIER) return;
    entries.push({ lot: undefined, last: { position } });
    this.#advance(partition);
  }

  acknowledge(lot: Lot): void {
    lot.acknowledged = true;
    for (const partition of lot.partitions) {
      this.#advance(partition);
      this.#shrink(partition);
    }
  }

  /**
   * Nothing more of the partition counts from here on: from its end as read so far, or from a record of `lot` on. `before` is the
   * position of the record in that lot that comes before it and is acknowledged; absent: none, or none that is known. Where records
   * of another lot lie between those of this one, the place before all of them is taken: what is not known to be acknowledged comes
   * again. False where the partition was blocked before that place already.
   */
  block(partition: string, lot?: Lot, before?: Position): boolean {
    const entries = this.#of(partition);
    if (lot === undefined) {
      if (entries.at(-1) === BARRIER) return false;
      entries.push(BARRIER);
      return true;
    }
    const first = entries.findIndex((entry) => entry.lot === lot);
    if (first === -1) return false;
    const whole = entries.filter((entry) => entry.lot === lot).length === 1;
    const known = before !== undefined && whole ? [{ lot: undefined, last: { position: before } }] : [];
    entries.splice(first, entries.length - first, ...known, BARRIER);
    this.#advance(partition);
    return true;
  }

  /** Up to where everything is acknowledged, for the partitions that moved since the tracker was made. */
  get positions(): ReadonlyMap<string, Position> {
    return this.#reached;
  }

  /** True when `positions` moved since the last call. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  #of(partition: string): Entry[] {
    let entries = this.#entries.get(partition);
    if (entries === undefined) {
      entries = [];
      this.#entries.set(partition, entries);
    }
    return entries;
  }

  #advance(partition: string): void {
    const entries = this.#of(partition);
    let done = 0;
    while (isDone(entries[done])) done += 1;
    const last = entries[done - 1];
    if (last === undefined) return;
    const { position } = last.last;
    this.#reached.set(partition, position);
    this.#changed = true;
    entries.splice(0, done);
    this.#onReached(partition, position);
  }

  /** What RocketMQ has behind a gap may be much more than what is in flight: only the last place before the next gap is kept. */
  #shrink(partition: string): void {
    const entries = this.#of(partition);
    let kept = 0;
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index] as Entry;
      const done = isDone(entry);
      if (done && isDone(entries[index + 1])) continue;
      entries[kept] = done && entry.lot !== undefined ? { lot: undefined, last: { position: entry.last.position } } : entry;
      kept += 1;
    }
    entries.length = kept;
  }
}

const isDone = (entry: Entry | undefined): boolean => entry !== undefined && (entry.lot?.acknowledged ?? true);
