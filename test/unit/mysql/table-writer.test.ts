import { expect, it } from '@jest/globals';
import type { ConnectError } from '../../../src/api/index.ts';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { TableWriter } from '../../../src/connectors/mysql/values/table-writer.ts';

it('has another remedy for a column of the key that can not be copied: it can not be left out', () => {
  const config = mysqlSourceConfig.parse({ address: 'h:1', username: 'u', password: 'p', tables: ['shop.*'] });
  const table = { database: 'shop', name: 'orders', columns: [{ name: 'at', type: { kind: 'unknown' as const, what: 'an odd type' } }] };
  const remedyOf = (primaryKey: readonly number[]): string => {
    try {
      new TableWriter({ ...table, primaryKey }, config, 'numbers');
    } catch (error) {
      return (error as ConnectError).remedy ?? '';
    }
    return 'none';
  };
  expect(remedyOf([])).toContain('source.excludeColumns');
  expect(remedyOf([0])).toContain('source.excludeTables');
  expect(remedyOf([0])).not.toContain('excludeColumns');
});

const writerOf = (column: string, options: object) => {
  const config = mysqlSourceConfig.parse({ address: 'h:1', username: 'u', password: 'p', tables: ['shop.*'], ...options });
  const columns = [{ name: column, type: { kind: 'integer' as const } }];
  return () => new TableWriter({ database: 'shop', name: 'orders', columns, primaryKey: [] }, config, 'numbers');
};

it('refuses a column that is called as what flat messages add, in these alone', () => {
  expect(writerOf('__op', { format: 'flat' })).toThrow(/table shop\.orders has a column __op/);
  expect(writerOf('__op', { format: 'flat', excludeColumns: ['shop.orders.__op'] })).not.toThrow();
  expect(writerOf('__op', { format: 'debezium' })).not.toThrow();
  expect(writerOf('op', { format: 'flat' })).not.toThrow();
});
