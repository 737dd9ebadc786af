import type { SourceRecord } from '../../../api/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { STREAM } from '../position/position.ts';
import type { TemporalStyle } from '../values/codec.ts';
import { JsonBytes } from '../values/json-bytes.ts';
import { FLAT_OPERATION } from '../values/table-writer.ts';
import type { ChangeFormat, Commit, Place, RowChange } from './change.ts';
import { debeziumFormat } from './debezium.ts';
import { KeyedRecords } from './keyed-records.ts';

type FormatConfig = Pick<MysqlSourceConfig, 'format' | 'tombstones' | 'transactions'>;

export function changeFormat({ format, tombstones, transactions }: FormatConfig, connector: string): ChangeFormat {
  if (format === 'flat') return flatFormat(tombstones);
  if (format === 'rocketmq-mysql') return new RocketmqMysqlFormat();
  return debeziumFormat({ connector, tombstones, transactions });
}

/** The row after the change, of deletions the row before it, with `__op` as its last member. */
function flatFormat(tombstones: boolean): ChangeFormat {
  const records = new KeyedRecords({
    write: ({ writer, op, before, after }, json) => writer.write(after ?? before ?? [], json, `"${FLAT_OPERATION}":"${op}"`),
    tombstones,
  });
  return {
    row: (change, place, into) => records.add(change, place, into),
    commit: () => {},
  };
}

/** The Java project writes dates as texts. */
export const temporalStyle = ({ format }: FormatConfig): TemporalStyle => (format === 'rocketmq-mysql' ? 'texts' : 'numbers');

/** Of a message, as the Java project has them by default, and far below what RocketMQ takes. */
const MAX_ROWS = 100;
const MAX_LENGTH = 1024 * 1024;

const TYPES = { c: 'WRITE', u: 'UPDATE', d: 'DELETE', r: 'WRITE' } as const;

/**
 * Messages of the Java project rocketmq-mysql: one for each transaction, several for one of many rows, each without a key. All go
 * to one queue, as there.
 */
class RocketmqMysqlFormat implements ChangeFormat {
  readonly #json = new JsonBytes();
  #rows: Buffer[] = [];
  #length = 0;
  #first: Place | undefined;

  row(change: RowChange, place: Place, into: SourceRecord[]): void {
    const { writer, op, before, after, origin } = change;
    const row = after ?? before;
    const { database, name } = writer.table;
    const names = `"database":${JSON.stringify(database)},"table":${JSON.stringify(name)}`;
    this.#json.text(`${this.#first === undefined ? '' : ','}{${names},"type":"${TYPES[op]}","data":`);
    writer.write(row ?? [], this.#json);
    this.#json.text('}');
    const json = this.#json.take();
    this.#first ??= place;
    this.#rows.push(json);
    this.#length += json.length;
    if (this.#rows.length < MAX_ROWS && this.#length < MAX_LENGTH) return;
    const { file, offset, timestamp } = origin;
    into.push(this.#message({ id: place.id, after: place.after, file, offset, xid: undefined, timestamp }));
  }

  commit(commit: Commit, into: SourceRecord[]): void {
    if (this.#rows.length > 0) into.push(this.#message(commit));
  }

  #message({ after, file, offset, xid, timestamp }: Commit): SourceRecord {
    const { id, partition } = this.#first as Place;
    const head = `"binlogFilename":${JSON.stringify(file)},"nextPosition":${offset}${xid === undefined ? '' : `,"xid":${xid}`}`;
    const value = Buffer.concat([Buffer.from(`{${head},"rows":[`), ...this.#rows, Buffer.from(']}')]);
    this.#rows = [];
    this.#length = 0;
    this.#first = undefined;
    return { partition, id, position: after, key: null, value, headers: [], timestamp, orderingKey: STREAM };
  }
}
