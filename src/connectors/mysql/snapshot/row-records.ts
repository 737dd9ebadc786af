import { hash } from 'node:crypto';
import type { Position, SourceRecord } from '../../../api/index.ts';
import type { ChangeFormat, Origin } from '../messages/change.ts';
import type { LogPlace } from '../position/position.ts';
import type { TableWriter } from '../values/table-writer.ts';
import type { QueryRow } from './table-queries.ts';

/** A longer key is told by its hash: ids are part of every message. */
const MAX_ID_LENGTH = 120;

export interface RowRecordsOptions {
  readonly partition: string;
  readonly writer: TableWriter;
  readonly format: ChangeFormat;
  /** The end of the log before the snapshot. */
  readonly log: LogPlace;
}

/** Makes records of the rows of one partition, in the connector's format. */
export class RowRecords {
  readonly #options: RowRecordsOptions;
  #origin: Origin;
  #rows = 0;

  constructor(options: RowRecordsOptions) {
    this.#options = options;
    this.#origin = { timestamp: Date.now(), serverId: 0, gtid: '', ...options.log, snapshot: true };
  }

  /** The rows that follow are read now. */
  readNow(): void {
    this.#origin = { ...this.#origin, timestamp: Date.now() };
  }

  /** `before` and `after`: the positions around the row. Some formats hold rows back to send several as one. */
  add(values: QueryRow, before: Position, after: Position, into: SourceRecord[]): void {
    const { partition, writer, format } = this.#options;
    const row = writer.fromQuery(values);
    const key = writer.key(row);
    this.#rows += 1;
    const id = key === undefined ? String(this.#rows) : key.length <= MAX_ID_LENGTH ? key : hash('sha256', key);
    const change = { writer, op: 'r', before: undefined, after: row, origin: this.#origin, row: 0 } as const;
    format.row(change, { partition, id, skip: 0, behind: () => before, after }, into);
  }

  /** What was held back. `after`: the position behind the last row. */
  addRest(after: Position, into: SourceRecord[]): void {
    const { file, offset } = this.#options.log;
    const { timestamp } = this.#origin;
    this.#options.format.commit({ id: String(this.#rows), after, file, offset, xid: undefined, timestamp }, into);
  }
}
