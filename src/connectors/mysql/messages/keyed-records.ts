import type { Header, SourceRecord } from '../../../api/index.ts';
import { JsonBytes } from '../columns/json-bytes.ts';
import type { Place, RowChange } from './change.ts';

/** Debezium's headers of the two halves of a change of a key. */
const NEW_KEY = '__debezium.newkey';
const OLD_KEY = '__debezium.oldkey';

export interface KeyedOptions {
  /** Writes the value of a message. */
  readonly write: (change: RowChange, json: JsonBytes) => void;
  readonly tombstones: boolean;
}

interface Content {
  /** Behind the row's id: tells its records from each other. */
  readonly suffix: string;
  readonly key: string | undefined;
  /** Undefined: a tombstone. */
  readonly change: RowChange | undefined;
  readonly headers: readonly Header[] | undefined;
}

const NO_HEADERS: readonly Header[] = [];

/** Records of one change: one, a deletion and its tombstone, or, where the key itself changed, a deletion of the old and a creation of the new. */
export class KeyedRecords {
  readonly #options: KeyedOptions;
  readonly #json = new JsonBytes();

  constructor(options: KeyedOptions) {
    this.#options = options;
  }

  /** All of a change's records are made, as formats count them; those that an earlier run copied are left out. */
  add(change: RowChange, place: Place, into: SourceRecord[]): void {
    const contents = this.#contents(change);
    const last = contents.length - 1;
    for (let at = 0; at <= last; at += 1) {
      const record = this.#record(change, place, contents[at] as Content, at === last ? place.after : place.behind(at + 1));
      if (at >= place.skip) into.push(record);
    }
  }

  #contents(change: RowChange): Content[] {
    const { writer, before, after } = change;
    const oldKey = before && writer.key(before);
    const newKey = after && writer.key(after);
    if (after !== undefined && (oldKey === undefined || newKey === undefined || oldKey === newKey))
      return [{ suffix: '', key: newKey, change, headers: undefined }];
    // Without a key there is nothing that a tombstone could be about.
    const tombstone = (headers?: Header[]): Content[] =>
      this.#options.tombstones && oldKey !== undefined ? [{ suffix: '.t', key: oldKey, change: undefined, headers }] : [];
    if (oldKey === undefined || newKey === undefined) return [{ suffix: '.d', key: oldKey, change, headers: undefined }, ...tombstone()];
    const moved = [header(NEW_KEY, newKey)];
    return [
      { suffix: '.d', key: oldKey, change: { ...change, op: 'd', after: undefined }, headers: moved },
      ...tombstone(moved),
      { suffix: '', key: newKey, change: { ...change, op: 'c', before: undefined }, headers: [header(OLD_KEY, oldKey)] },
    ];
  }

  #record(
    { writer, origin }: RowChange,
    place: Place,
    { suffix, key, change, headers = NO_HEADERS }: Content,
    position: string,
  ): SourceRecord {
    const record = {
      id: place.id + suffix,
      key: key === undefined ? null : Buffer.from(key),
      value: change === undefined ? null : this.#value(change),
      headers,
      orderingKey: key === undefined ? writer.name : `${writer.name}/${key}`,
      partition: place.partition,
      timestamp: origin.timestamp,
      position,
    };
    return writer.topic === undefined ? record : { ...record, topic: writer.topic };
  }

  #value(change: RowChange): Buffer {
    this.#options.write(change, this.#json);
    return this.#json.take();
  }
}

const header = (name: string, value: string): Header => ({ name, value: Buffer.from(value) });
