import type { Finding } from '../../../api/index.ts';
import type { MysqlServer } from '../server/server.ts';
import { type ServerFacts, variable } from '../server/server-facts.ts';
import { checkRetention, type Schedule } from './check-retention.ts';

interface Setting {
  readonly name: string;
  readonly good: (value: string) => boolean;
  readonly why: string;
  readonly remedy: string;
}

const SETTINGS: readonly Setting[] = [
  {
    name: 'binlog_format',
    good: (value) => value === 'ROW',
    why: 'the log must hold rows, not statements',
    remedy: 'SET GLOBAL binlog_format = ROW, and let applications connect anew',
  },
  {
    name: 'binlog_row_image',
    good: (value) => value === 'FULL',
    why: 'the log must hold rows with all their columns',
    remedy: 'SET GLOBAL binlog_row_image = FULL, and let applications connect anew',
  },
  {
    name: 'binlog_row_metadata',
    good: (value) => value === 'FULL',
    why: 'the log must name columns, or changes of tables are not followed',
    remedy: 'SET GLOBAL binlog_row_metadata = FULL',
  },
  {
    name: 'binlog_row_value_options',
    good: (value) => value === '',
    why: 'changed parts of JSON values are not understood',
    remedy: "SET GLOBAL binlog_row_value_options = ''",
  },
  {
    name: 'binlog_transaction_compression',
    good: (value) => value === 'OFF',
    why: 'compressed transactions are not understood',
    remedy: 'SET GLOBAL binlog_transaction_compression = OFF',
  },
];

/** Settings of the server that its log must be written with, and how long it is kept. */
export async function checkSettings(server: MysqlServer, facts: ServerFacts, schedule: Schedule | undefined): Promise<Finding[]> {
  const findings = await Promise.all(SETTINGS.map(async (setting) => check(setting, await variable(server, setting.name))));
  const metadata = await variable(server, 'binlog_row_metadata');
  return [...findings.flat(), ...(metadata === undefined ? [withoutNames(facts)] : []), ...(await checkRetention(server, schedule))];
}

function check({ name, good, why, remedy }: Setting, value: string | undefined): Finding[] {
  if (value === undefined || good(value)) return [];
  return [{ level: 'error', code: 'WRONG_KIND', option: 'source.address', message: `${name} is ${value}: ${why}`, remedy }];
}

const withoutNames = ({ version }: ServerFacts): Finding => ({
  level: 'warning',
  code: 'WRONG_KIND',
  option: 'source.address',
  message: `the log of version ${version} does not name columns: rows that were written before a table changed get its new names`,
  remedy: 'let the connector catch up before tables change, or use MySQL 8 or MariaDB 10.5',
});
