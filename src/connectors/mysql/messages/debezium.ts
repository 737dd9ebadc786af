import type { JsonBytes } from '../columns/json-bytes.ts';
import type { RowJson, TableWriter } from '../columns/table-writer.ts';
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
    const transaction = transactions && origin.gtid !== '' ? orders.next(origin.gtid, writer.name) : 'null';
    json.text('{"before":');
    writeImage(writer, before, json);
    json.text(',"after":');
    writeImage(writer, after, json);
    json.text(sources.before(writer, origin));
    json.text(String(row));
    json.text(SOURCE_END);
    json.text(OPS[op]);
    json.text(String(Date.now()));
    json.text(',"transaction":');
    json.text(transaction);
    json.text('}');
  };
  const records = new KeyedRecords({ write, tombstones });
  return {
    row: (change, place, into) => records.add(change, place, into),
    commit: () => {},
  };
}

function writeImage(writer: TableWriter, row: RowJson | undefined, json: JsonBytes): void {
  if (row === undefined) json.text('null');
  else writer.write(row, json);
}

/** Debezium's `source` block; `table` null: of no table. `row`: in its transaction. */
export const sourceJson = (connector: string, database: string, table: string | null, origin: Origin, row: number): string =>
  `${sourceBeforeRow(connector, database, table, origin)}${row}${SOURCE_END}`;

const SOURCE_END = ',"thread":null,"query":null}';

const opJson = (op: RowChange['op']) => `,"op":"${op}","ts_ms":`;
const OPS = { c: opJson('c'), u: opJson('u'), d: opJson('d'), r: opJson('r') } as const;

function sourceBeforeRow(connector: string, database: string, table: string | null, origin: Origin): string {
  const { timestamp, snapshot, serverId, gtid, file, offset } = origin;
  const names = `"db":${JSON.stringify(database)},"sequence":null,"table":${JSON.stringify(table)}`;
  const place = `"server_id":${serverId},"gtid":${gtid === '' ? 'null' : `"${gtid}"`},"file":${JSON.stringify(file)},"pos":${offset}`;
  return `{"connector":"mysql","name":${connector},"ts_ms":${timestamp},"snapshot":"${snapshot}",${names},${place},"row":`;
}

/** Rows come from one place and one table, many at a time. */
class SourceBlocks {
  readonly #connector: string;
  #origin: Origin | undefined;
  #writer: TableWriter | undefined;
  #json = '';

  constructor(connector: string) {
    this.#connector = connector;
  }

  /** Up to the number of the row. */
  before(writer: TableWriter, origin: Origin): string {
    if (origin === this.#origin && writer === this.#writer) return this.#json;
    this.#origin = origin;
    this.#writer = writer;
    const { database, name } = writer.table;
    this.#json = `,"source":${sourceBeforeRow(this.#connector, database, name, origin)}`;
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
