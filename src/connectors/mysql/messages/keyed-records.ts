import type { Header, SourceRecord } from '../../../api/index.ts';
import { JsonBytes } from '../values/json-bytes.ts';
import type { Place, RowChange } from './change.ts';
import { type Content, RowRecord } from './row-record.ts';
import { header, tableHeaders } from './table-headers.ts';

/** Debezium's headers of the two halves of a change of a key. */
const NEW_KEY = '__debezium.newkey';
const OLD_KEY = '__debezium.oldkey';

const NO_HEADERS: readonly Header[] = [];

export interface KeyedOptions {
  /** Writes the value of a message. */
  readonly write: (change: RowChange, json: JsonBytes) => void;
  readonly tombstones: boolean;
}

/** Records of one change: one, a deletion and its tombstone, or, where the key itself changed, a deletion of the old and a creation of the new. */
export class KeyedRecords {
  readonly #options: KeyedOptions;
  readonly #json = new JsonBytes();

  constructor(options: KeyedOptions) {
    this.#options = options;
  }

  /** All of a change's records are made, as formats count them; those that an earlier run copied are left out. */
  add(change: RowChange, place: Place, into: SourceRecord[]): void {
    const { writer, before, after } = change;
    const oldKey = before && writer.key(before);
    const newKey = after && writer.key(after);
    if (after !== undefined && (oldKey === undefined || newKey === undefined || oldKey === newKey)) {
      const record = new RowRecord(change, place, { suffix: '', key: newKey, value: this.#value(change), headers: NO_HEADERS }, undefined);
      // More than one were counted while the log had another key for the table: the row comes once more.
      if (Number.isFinite(place.skip)) into.push(record);
      return;
    }
    const contents = this.#contents(change, oldKey, newKey);
    const skip = Number.isFinite(place.skip) && place.skip >= contents.length ? 0 : place.skip;
    for (const [at, content] of contents.entries()) {
      if (at < skip) continue;
      const further = at < contents.length - 1;
      into.push(new RowRecord(change, place, content, further ? at + 1 : undefined));
    }
  }

  /** Of a deletion, or of a change from one key to another. */
  #contents(change: RowChange, oldKey: string | undefined, newKey: string | undefined): Content[] {
    if (oldKey === undefined || newKey === undefined) {
      const deleted = { suffix: '.d', key: oldKey, value: this.#value(change), headers: NO_HEADERS };
      return [deleted, ...this.#tombstone(change, oldKey, NO_HEADERS)];
    }
    const moved = [header(NEW_KEY, newKey)];
    return [
      { suffix: '.d', key: oldKey, value: this.#value({ ...change, op: 'd', after: undefined }), headers: moved },
      ...this.#tombstone(change, oldKey, moved),
      { suffix: '', key: newKey, value: this.#value({ ...change, op: 'c', before: undefined }), headers: [header(OLD_KEY, oldKey)] },
    ];
  }

  /** Without a key there is nothing that it could be about. Its headers name the table, as no value does. */
  #tombstone({ writer }: RowChange, key: string | undefined, headers: readonly Header[]): Content[] {
    if (!this.#options.tombstones || key === undefined) return [];
    const { database, name } = writer.table;
    return [{ suffix: '.t', key, value: null, headers: [...headers, ...tableHeaders(database, name)] }];
  }

  #value(change: RowChange): Buffer {
    this.#options.write(change, this.#json);
    return this.#json.take();
  }
}
