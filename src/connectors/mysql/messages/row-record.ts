import { type Header, type Position, recordBytes, type SourceRecord } from '../../../api/index.ts';
import type { TableWriter } from '../values/table-writer.ts';
import type { Place, RowChange } from './change.ts';

export interface Content {
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
export class RowRecord implements SourceRecord {
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
    return this.#key === undefined ? this.#writer.name : `${this.#writer.name}/${this.#key}`;
  }
}
