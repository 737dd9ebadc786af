import type { MysqlSourceConfig } from '../config/source-config.ts';
import type { TemporalStyle } from '../values/codec.ts';
import type { ChangeFormat } from './change.ts';
import { debeziumFormat } from './debezium.ts';
import { flatFormat } from './flat.ts';
import { RocketmqMysqlFormat } from './rocketmq-mysql.ts';

type FormatConfig = Pick<MysqlSourceConfig, 'format' | 'tombstones' | 'transactions'>;

export function changeFormat({ format, tombstones, transactions }: FormatConfig, connector: string): ChangeFormat {
  if (format === 'flat') return flatFormat(tombstones);
  if (format === 'rocketmq-mysql') return new RocketmqMysqlFormat();
  return debeziumFormat({ connector, tombstones, transactions });
}

/** The Java project writes dates as texts. */
export const temporalStyle = ({ format }: FormatConfig): TemporalStyle => (format === 'rocketmq-mysql' ? 'texts' : 'numbers');
