import type { Position, SourceRecord } from '../../api/index.ts';

/** Records that one send carries; acknowledged as a whole. */
export interface Lot {
  acknowledged: boolean;
  readonly partitions: Set<string>;
}

/** Where a record is. Its position is read only when it is needed, which it is for few records. */
type Place = Pick<SourceRecord, 'partition' | 'position'>;

interface Entry {
  readonly lot: Lot | undefined;
  last: Pick<Place, 'position'>;
  /** How many records the entry stands for. */
  records: number;
}

/** No record at this place or behind it is ever acknowledged. */
const BARRIER: Entry = { lot: { acknowledged: false, partitions: new Set() }, last: { position: '' }, records: 0 };

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
    if (last?.lot === lot) {
      last.last = record;
      last.records += 1;
    } else {
      entries.push({ lot, last: record, records: 1 });
      lot.partitions.add(record.partition);
    }
  }

  /** A place reached without a record: counts once everything before it is acknowledged. */
  skipTo(partition: string, position: Position): void {
    const entries = this.#of(partition);
    if (entries.at(-1) === BARRIER) return;
    entries.push({ lot: undefined, last: { position }, records: 0 });
    this.#advance(partition);
  }

  acknowledge(lot: Lot): void {
    lot.acknowledged = true;
    for (const partition of lot.partitions) {
      this.#advance(partition);
      this.#shrink(partition);
    }
  }

  /** Nothing more of the partition counts from its end on, as read so far. */
  block(partition: string): void {
    const entries = this.#of(partition);
    if (entries.at(-1) !== BARRIER) entries.push(BARRIER);
  }

  /**
   * Nothing more of the partition counts from one of its records in `lot` on. `before` are its records in that lot that come before
   * it; they are acknowledged. False where the partition was blocked before that place already.
   */
  blockWithin(partition: string, lot: Lot, before: readonly Place[]): boolean {
    const entries = this.#of(partition);
    let earlier = before.length;
    for (const [index, entry] of entries.entries()) {
      if (entry.lot !== lot) continue;
      if (earlier >= entry.records) {
        earlier -= entry.records;
        continue;
      }
      const position = before.at(-1)?.position;
      const known = earlier > 0 && position !== undefined ? [{ lot: undefined, last: { position }, records: 0 }] : [];
      entries.splice(index, entries.length - index, ...known, BARRIER);
      this.#advance(partition);
      return true;
    }
    return false;
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
      entries[kept] = done && entry.lot !== undefined ? { lot: undefined, last: { position: entry.last.position }, records: 0 } : entry;
      kept += 1;
    }
    entries.length = kept;
  }
}

const isDone = (entry: Entry | undefined): boolean => entry !== undefined && (entry.lot?.acknowledged ?? true);
