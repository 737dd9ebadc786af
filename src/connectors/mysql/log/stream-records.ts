import type { SourceRecord } from '../../../api/index.ts';
import type { Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { ChangeFormat, Origin, Place } from '../messages/change.ts';
import { changeFormat } from '../messages/change-format.ts';
import { schemaChange, truncation } from '../messages/other-records.ts';
import { STREAM } from '../position/position.ts';
import type { LogCursor } from './log-cursor.ts';
import type { Emptied, LogItem, Refused, Rows, Statement, TransactionEnd } from './log-items.ts';

export interface StreamRecordsOptions {
  readonly connector: string;
  readonly config: MysqlSourceConfig;
  readonly selection: Selection;
  readonly serverId: number;
  readonly cursor: LogCursor;
  /** Told of each statement that may change tables of a selected database, whether it becomes a message or not. */
  readonly onDefinition?: ((statement: string) => void) | undefined;
}

/** No record of the row is left to copy. */
const COPIED: Place = { partition: STREAM, id: '', skip: Number.POSITIVE_INFINITY, behind: () => '', after: '' };

/** Turns what the log holds into records, with their positions. */
export class StreamRecords {
  readonly #options: StreamRecordsOptions;
  readonly #format: ChangeFormat;
  /** Of rows that an earlier run copied, where they count. */
  readonly #copied: Place | undefined;
  #notices: string[] = [];
  /** When what was read last came to be, ms since 1970. */
  reachedAt: number | undefined;

  constructor(options: StreamRecordsOptions) {
    this.#options = options;
    this.#format = changeFormat(options.config, options.connector);
    const { format, transactions } = options.config;
    if (format === 'debezium' && transactions) this.#copied = COPIED;
  }

  /** The records of one item, added to `records`. */
  add(item: LogItem, records: SourceRecord[]): void {
    const { cursor } = this.#options;
    if (item.kind === 'begin') {
      cursor.begin(item);
      return;
    }
    this.reachedAt = item.timestamp;
    if (item.kind === 'rows') this.#rows(item, records);
    else if (item.kind === 'statement') this.#statement(item, records);
    else if (item.kind === 'refused') this.#refuse(item, records);
    else if (item.kind === 'emptied') this.#emptied(item, records);
    else if (item.kind === 'notice') this.#notices.push(item.text);
    else this.#end(item, records);
  }

  /** What people should know of what was read since they were asked for last. */
  takeNotices(): readonly string[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  /** There is a place behind it, as behind a row. */
  #refuse({ error, bytes, timestamp, table }: Omit<Refused, 'kind'>, records: SourceRecord[]): void {
    const { cursor } = this.#options;
    const refusal = cursor.refusal(table ?? bytes?.toString('latin1') ?? '');
    if (refusal === undefined) return;
    const { file, offset } = cursor.transaction.place;
    const commit = {
      ...{ id: cursor.transaction.id, file, offset, xid: undefined, timestamp },
      get after() {
        return refusal.before;
      },
    };
    // What waits for the transaction's end must not be behind it.
    this.#format.commit(commit, records);
    records.push({
      ...{ partition: STREAM, id: refusal.id, key: null, value: bytes, headers: [], timestamp, refused: error },
      get position() {
        return refusal.after;
      },
    });
  }

  #emptied({ table, whole, text, error, timestamp }: Emptied, records: SourceRecord[]): void {
    const { connector, config, cursor } = this.#options;
    if (config.onTruncate === 'notice') this.#notices.push(`${error.message}; messages do not say so`);
    else if (config.onTruncate === 'fail' || !whole) this.#refuse({ error, bytes: Buffer.from(text), timestamp }, records);
    else {
      const origin = this.#origin(timestamp);
      const row = cursor.transaction.rows;
      const place = cursor.row();
      if (place !== undefined) records.push(truncation({ connector, config, table, origin, row, place }));
    }
  }

  #end(item: TransactionEnd, records: SourceRecord[]): void {
    const { cursor } = this.#options;
    const { place, timestamp, xid } = item;
    const commit = { id: cursor.transaction.id, after: cursor.inside, file: place.file, offset: place.offset, xid, timestamp };
    this.#format.commit(commit, records);
    cursor.end(item);
  }

  #rows({ op, writer, rows, timestamp }: Rows, records: SourceRecord[]): void {
    const { cursor } = this.#options;
    const origin = this.#origin(timestamp);
    for (const { before, after } of rows) {
      const row = cursor.transaction.rows;
      const place = cursor.row() ?? this.#copied;
      if (place === undefined) continue;
      const change = { writer, op, before: before && writer.fromLog(before), after: after && writer.fromLog(after), origin, row };
      this.#format.row(change, place, records);
    }
  }

  #statement({ database, text, timestamp }: Statement, records: SourceRecord[]): void {
    const { connector, config, selection, cursor, onDefinition } = this.#options;
    if (!selection.database(database)) return;
    onDefinition?.(text);
    if (!config.schemaChanges) return;
    records.push(schemaChange(connector, database, text, this.#origin(timestamp), cursor.transaction.id, cursor.boundary));
  }

  #origin(timestamp: number): Origin {
    const { gtid, place } = this.#options.cursor.transaction;
    return { timestamp, serverId: this.#options.serverId, gtid, file: place.file, offset: place.offset, snapshot: false };
  }
}
