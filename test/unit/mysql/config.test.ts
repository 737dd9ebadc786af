import { describe, expect, it } from '@jest/globals';
import { Selection } from '../../../src/connectors/mysql/config/selection.ts';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { topicName } from '../../../src/connectors/mysql/tables/table-name.ts';

const minimal = { address: 'db:3306', username: 'connect', tables: ['shop.*'] };
const problems = (overrides: Record<string, unknown>) =>
  mysqlSourceConfig.safeParse({ ...minimal, ...overrides }).error?.issues.map(({ path }) => path.join('.'));

describe('the options of a MySQL source', () => {
  it('are few', () => {
    expect(mysqlSourceConfig.parse(minimal)).toMatchObject({ format: 'debezium', startAt: 'latest', tombstones: true });
  });

  it.each([
    [{ address: 'db' }, 'address'],
    [{ tables: ['orders'] }, 'tables.0'],
    [{ excludeColumns: ['shop.orders'] }, 'excludeColumns.0'],
    [{ maskColumns: [{ columns: ['a.b.c'] }] }, 'maskColumns.0.value'],
    [{ format: 'rocketmq-mysql', topicTemplate: '{{table}}' }, 'topicTemplate'],
    [{ format: 'flat', transactions: true }, 'transactions'],
    [{ topicTemplate: '{{schema}}' }, 'topicTemplate'],
    [{ serverId: 0 }, 'serverId'],
  ])('are refused: %j', (overrides, path) => {
    expect(problems(overrides)).toContain(path);
  });

  it("select tables by whole names, and never the server's own", () => {
    const selection = new Selection({
      tables: ['shop.*', 'a_b.c+d', '*.all'],
      excludeTables: ['shop.tmp_*'],
      excludeColumns: ['*.*.secret'],
    });
    const selected = (name: string) => selection.table(...(name.split('.') as [string, string]));
    expect(['shop.orders', 'a_b.c+d', 'x.all'].map(selected)).toEqual([true, true, true]);
    expect(['shop.tmp_1', 'workshop.orders', 'a_b.ccd', 'axb.c+d', 'x.allof', 'mysql.all'].map(selected)).toEqual(Array(6).fill(false));
    expect([selection.column('a', 'b', 'secret'), selection.column('a', 'b', 'secrets')]).toEqual([false, true]);
  });

  it('make names of topics that RocketMQ takes, or say that they do not', () => {
    expect(topicName('{{database}}_{{table}}', 'shop', 'orders')).toBe('shop_orders');
    expect(() => topicName('{{database}}_{{table}}', 'shop', 'or.ders')).toThrow('source.topicTemplate: "shop_or.ders"');
    expect(() => topicName('{{table}}', 'shop', 'x'.repeat(128))).toThrow('is no topic');
  });
});
