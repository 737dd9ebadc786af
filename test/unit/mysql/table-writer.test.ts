import { expect, it } from '@jest/globals';
import { TableWriter } from '../../../src/connectors/mysql/columns/table-writer.ts';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config.ts';

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
