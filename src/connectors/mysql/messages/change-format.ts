import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { TemporalStyle } from '../values/codec.ts';
import { FLAT_OPERATION } from '../values/table-writer.ts';
import type { ChangeFormat } from './change.ts';
import { debeziumFormat } from './debezium.ts';
import { KeyedRecords } from './keyed-records.ts';
import { RocketmqMysqlFormat } from './rocketmq-mysql.ts';

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
