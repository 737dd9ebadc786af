import type { ChangeFormat, Origin, RowChange } from './change.ts';
import { keyedRecords } from './keyed-records.ts';

export interface DebeziumOptions {
  readonly connector: string;
  readonly tombstones: boolean;
  readonly transactions: boolean;
}

/** Debezium's envelope, without a schema. */
export function debeziumFormat({ connector, tombstones, transactions }: DebeziumOptions): ChangeFormat {
  const name = JSON.stringify(connector);
  const orders = new EventOrders();
  const sources = new SourceBlocks(name);
  const value = ({ writer, op, before, after, origin }: RowChange): string => {
    const { database, name: table } = writer.table;
    const source = sources.of(database, table, origin);
    const transaction = transactions && origin.gtid !== '' ? orders.next(origin.gtid, `${database}.${table}`) : 'null';
    return `{"before":${before === undefined ? 'null' : writer.write(before)},"after":${
      after === undefined ? 'null' : writer.write(after)
    },"source":${source},"op":"${op}","ts_ms":${Date.now()},"transaction":${transaction}}`;
  };
  return {
    row: (change, place) => keyedRecords(change, place, { value, tombstones }),
    commit: () => [],
  };
}

/** Debezium's `source` block; `table` null: of no table. */
export function sourceJson(connector: string, database: string, table: string | null, origin: Origin): string {
  const { timestamp, snapshot, serverId, gtid, file, offset, row } = origin;
  const names = `"db":${JSON.stringify(database)},"sequence":null,"table":${JSON.stringify(table)}`;
  const place = `"server_id":${serverId},"gtid":${gtid === '' ? 'null' : `"${gtid}"`},"file":${JSON.stringify(file)},"pos":${offset},"row":${row}`;
  return `{"connector":"mysql","name":${connector},"ts_ms":${timestamp},"snapshot":"${snapshot}",${names},${place},"thread":null,"query":null}`;
}

/** Rows of a snapshot come from one place, many at a time. */
class SourceBlocks {
  readonly #connector: string;
  #origin: Origin | undefined;
  #json = '';

  constructor(connector: string) {
    this.#connector = connector;
  }

  of(database: string, table: string, origin: Origin): string {
    if (origin.snapshot && origin === this.#origin) return this.#json;
    this.#origin = origin;
    this.#json = sourceJson(this.#connector, database, table, origin);
    return this.#json;
  }
}

/** Counts the events of one transaction, in all and of each table. */
class EventOrders {
  #gtid = '';
  #total = 0;
  readonly #counts = new Map<string, number>();

  /** Debezium's `transaction` block of the next event. */
  next(gtid: string, table: string): string {
    if (gtid !== this.#gtid) {
      this.#gtid = gtid;
      this.#total = 0;
      this.#counts.clear();
    }
    const count = (this.#counts.get(table) ?? 0) + 1;
    this.#counts.set(table, count);
    this.#total += 1;
    return `{"id":"${gtid}","total_order":${this.#total},"data_collection_order":${count}}`;
  }
}
