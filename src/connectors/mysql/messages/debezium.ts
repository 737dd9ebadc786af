import type { JsonBytes } from '../values/json-bytes.ts';
import type { TableWriter } from '../values/table-writer.ts';
import type { ChangeFormat, Origin, RowChange } from './change.ts';
import { KeyedRecords } from './keyed-records.ts';

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
  const write = ({ writer, op, before, after, origin, row }: RowChange, json: JsonBytes): void => {
    if (before === undefined) json.text('{"before":null,"after":');
    else {
      json.text('{"before":');
      writer.write(before, json);
      json.text(',"after":');
    }
    if (after === undefined) json.text('null');
    else writer.write(after, json);
    const { head, tail } = sources.of(writer, origin, op);
    json.text(head);
    json.text(String(row));
    json.text(tail);
    json.text(transactions && origin.gtid !== '' ? `${orders.next(origin.gtid, writer.name)}}` : 'null}');
  };
  const records = new KeyedRecords({ write, tombstones });
  return {
    row: (change, place, into) => records.add(change, place, into),
    commit: () => {},
  };
}

/** Debezium's `source` block; `table` null: of no table. `row`: in its transaction. */
export const sourceJson = (connector: string, database: string, table: string | null, origin: Origin, row: number): string =>
  `${sourceBeforeRow(connector, database, table, origin)}${row}${SOURCE_END}`;

const SOURCE_END = ',"thread":null,"query":null}';

function sourceBeforeRow(connector: string, database: string, table: string | null, origin: Origin): string {
  const { timestamp, snapshot, serverId, gtid, file, offset } = origin;
  const names = `"db":${JSON.stringify(database)},"sequence":null,"table":${JSON.stringify(table)}`;
  const place = `"server_id":${serverId},"gtid":${gtid === '' ? 'null' : `"${gtid}"`},"file":${JSON.stringify(file)},"pos":${offset}`;
  return `{"connector":"mysql","name":${connector},"ts_ms":${timestamp},"snapshot":"${snapshot}",${names},${place},"row":`;
}

/** What stands around the number of a row. */
interface SourceBlock {
  readonly head: string;
  /** Up to the transaction. */
  readonly tail: string;
}

/** Rows come from one place and one table, many at a time and changed in one way. */
class SourceBlocks {
  readonly #connector: string;
  #origin: Origin | undefined;
  #writer: TableWriter | undefined;
  #op: RowChange['op'] | undefined;
  #block: SourceBlock = { head: '', tail: '' };

  constructor(connector: string) {
    this.#connector = connector;
  }

  of(writer: TableWriter, origin: Origin, op: RowChange['op']): SourceBlock {
    if (origin === this.#origin && writer === this.#writer && op === this.#op) return this.#block;
    this.#origin = origin;
    this.#writer = writer;
    this.#op = op;
    const { database, name } = writer.table;
    this.#block = {
      head: `,"source":${sourceBeforeRow(this.#connector, database, name, origin)}`,
      tail: `${SOURCE_END},"op":"${op}","ts_ms":${Date.now()},"transaction":`,
    };
    return this.#block;
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
