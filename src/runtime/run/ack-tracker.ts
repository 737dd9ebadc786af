import type { Position, SourceRecord } from '../../api/index.ts';
import type { AckUnit } from './ack-unit.ts';

/** Where a record is. The tracker reads the position of few records, so a record computes it only then. */
type Place = Pick<SourceRecord, 'partition' | 'position'>;

interface Entry {
  /** Absent where the entry stands for a place without a record. */
  readonly unit: AckUnit | undefined;
  last: Pick<Place, 'position'>;
  /** How many records the entry stands for. */
  records: number;
}

/** No record at this place or behind it is ever acknowledged. */
const BARRIER: Entry = { unit: { acknowledged: false, partitions: new Set() }, last: { position: '' }, records: 0 };

/**
 * The tracker keeps, for each partition, the order in which records were read and which of them are acknowledged. It knows the place up
 * to which *everything* is acknowledged. Only that place may be stored. Acknowledgements come in any order; a gap holds its partition
 * back until it is filled.
 */
export class AckTracker {
  readonly #entries = new Map<string, Entry[]>();
  readonly #reached = new Map<string, Position>();
  #changed = false;
  /** The tracker calls it whenever a partition's place moves on. It may not throw. */
  onReached: (partition: string, position: Position) => void = () => {};

  /** Adds the next record of its partition, in the order of reading. It is acknowledged with `unit`. */
  add(record: Place, unit: AckUnit): void {
    const entries = this.#of(record.partition);
    const last = entries.at(-1);
    // Neighbours in one unit are acknowledged together, so one entry serves them all.
    if (last?.unit === unit) {
      last.last = record;
      last.records += 1;
    } else {
      entries.push({ unit, last: record, records: 1 });
      unit.partitions.add(record.partition);
    }
  }

  /** Adds a place that was reached without a record. It counts once everything before it is acknowledged. */
  skipTo(partition: string, position: Position): void {
    const entries = this.#of(partition);
    if (entries.at(-1) === BARRIER) return;
    entries.push({ unit: undefined, last: { position }, records: 0 });
    this.#advance(partition);
  }

  /** Everything in the unit is acknowledged. */
  acknowledge(unit: AckUnit): void {
    unit.acknowledged = true;
    for (const partition of unit.partitions) {
      this.#advance(partition);
      this.#shrink(partition);
    }
  }

  /** Nothing counts that the partition brings from here on. What was read of it so far does. */
  block(partition: string): void {
    const entries = this.#of(partition);
    if (entries.at(-1) !== BARRIER) entries.push(BARRIER);
  }

  /**
   * Nothing more of the partition counts from one of its records in `unit` on. `before` are its records in that unit that come before
   * it; they are acknowledged. Returns false where the partition was blocked before that place already.
   */
  blockWithin(partition: string, unit: AckUnit, before: readonly Place[]): boolean {
    const entries = this.#of(partition);
    let earlier = before.length;
    for (const [index, entry] of entries.entries()) {
      if (entry.unit !== unit) continue;
      if (earlier >= entry.records) {
        earlier -= entry.records;
        continue;
      }
      const position = before.at(-1)?.position;
      const known = earlier > 0 && position !== undefined ? [{ unit: undefined, last: { position }, records: 0 }] : [];
      entries.splice(index, entries.length - index, ...known, BARRIER);
      this.#advance(partition);
      return true;
    }
    return false;
  }

  /** Where each partition is up to which everything is acknowledged. It holds the partitions that moved since the tracker was made. */
  get positions(): ReadonlyMap<string, Position> {
    return this.#reached;
  }

  /** Says whether `positions` moved since the last call. */
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
    this.onReached(partition, position);
  }

  /** What is acknowledged behind a gap may be much more than what is in flight. So only the last place before the next gap is kept. */
  #shrink(partition: string): void {
    const entries = this.#of(partition);
    let kept = 0;
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index] as Entry;
      const done = isDone(entry);
      if (done && isDone(entries[index + 1])) continue;
      entries[kept] = done && entry.unit !== undefined ? { unit: undefined, last: { position: entry.last.position }, records: 0 } : entry;
      kept += 1;
    }
    entries.length = kept;
  }
}

const isDone = (entry: Entry | undefined): boolean => entry !== undefined && (entry.unit?.acknowledged ?? true);
