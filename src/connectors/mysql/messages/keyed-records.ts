import { type Header, type Position, recordBytes, type SourceRecord } from '../../../api/index.ts';
import { JsonBytes } from '../values/json-bytes.ts';
import type { TableWriter } from '../values/table-writer.ts';
import type { Place, RowChange } from './change.ts';

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

interface Content {
  /** Behind the row's id: tells its records from each other. */
  readonly suffix: string;
  readonly key: string | undefined;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
}

/**
 * A record of one row. Thousands wait for RocketMQ's answer, and collections of garbage go through all they hold: texts are made when
 * they are asked for, of most records once or never.
 */
class RowRecord implements SourceRecord {
  readonly partition: string;
  readonly bytes: number;
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
  readonly timestamp: number;
  readonly topic?: string;
  readonly #writer: TableWriter;
  readonly #place: Place;
  readonly #key: string | undefined;
  readonly #suffix: string;
  readonly #records: number | undefined;

  /** `records`: of the row, the ones up to this one, where more follow. */
  constructor({ writer, origin }: RowChange, place: Place, { suffix, key, value, headers }: Content, records: number | undefined) {
    this.partition = place.partition;
    this.bytes = recordBytes({ key: null, value, headers }) + (key === undefined ? 0 : Buffer.byteLength(key));
    this.value = value;
    this.headers = headers;
    this.timestamp = origin.timestamp;
    if (writer.topic !== undefined) this.topic = writer.topic;
    this.#writer = writer;
    this.#place = place;
    this.#key = key;
    this.#suffix = suffix;
    this.#records = records;
  }

  get key(): Buffer | null {
    return this.#key === undefined ? null : Buffer.from(this.#key);
  }

  get id(): string {
    return this.#place.id + this.#suffix;
  }

  get position(): Position {
    return this.#records === undefined ? this.#place.after : this.#place.behind(this.#records);
  }

  /** The same for all records of one key of one table. */
  get orderingKey(): string {
    return this.#writer.orderingKey(this.#key);
  }

  /** Names the row by its table and key; the table alone where it has none. */
  get row(): string {
    return this.#key === undefined ? this.#writer.name : `${this.#writer.name}/${this.#key}`;
  }
}

/** The row that a record is about; what orders the record, where it is about none. */
export const rowOf = (record: SourceRecord): SourceRecord['orderingKey'] => (record instanceof RowRecord ? record.row : record.orderingKey);

const header = (name: string, value: string): Header => ({ name, value: Buffer.from(value) });

/** Name the table of a message whose value does not: those that Debezium adds where it is asked for `add.headers: db,table`. */
export const tableHeaders = (database: string, table: string): readonly Header[] => [header('__db', database), header('__table', table)];
