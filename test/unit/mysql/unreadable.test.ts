import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { unreadable } from '../../../src/connectors/mysql/check/unreadable.ts';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import type { MysqlServer } from '../../../src/connectors/mysql/server/server.ts';

const FORBIDDEN = new ConnectError('FORBIDDEN', 'denied', { cause: { sqlMessage: 'SELECT command denied' } });

/** Answers as a server does with these grants, of which some are of versions that tests can't run; it lets nobody read. */
const serverWith = (grants: readonly string[], asked: string[]): MysqlServer =>
  ({
    query: async (sql: string) => {
      if (sql === 'SHOW GRANTS') return grants.map((grant) => ({ grant }));
      asked.push(sql);
      throw FORBIDDEN;
    },
  }) as unknown as MysqlServer;

const TABLES = [
  { database: 'shop', table: 'orders' },
  { database: 'secret', table: 'a`b' },
];

async function messages(grants: readonly string[], asked: string[] = []): Promise<string[]> {
  const config = mysqlSourceConfig.parse({ address: 'h:1', username: 'u', password: 'p', tables: ['shop.orders', 'secret.*'] });
  return (await unreadable(serverWith(grants, asked), config, TABLES)).map(({ message }) => message);
}

const HIDDEN = expect.stringContaining('secret.* may match tables that this user may not read');
const ORDERS = expect.stringContaining('table shop.orders, or some of its columns,');
const OTHER = expect.stringContaining('table secret.`a``b`, or some of its columns,');

describe('what a user may not read', () => {
  it.each([
    { grants: ['GRANT SELECT, REPLICATION SLAVE ON *.* TO `u`@`%`'], finds: [] },
    { grants: ['GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION'], finds: [] },
    { grants: ['GRANT SELECT ON *.* TO `u`@`%`', 'REVOKE SELECT ON `secret`.* FROM `u`@`%`'], finds: [HIDDEN, OTHER] },
    { grants: ['GRANT USAGE ON *.* TO `u`@`%`', 'GRANT SELECT ON `s%`.* TO `u`@`%`'], finds: [] },
    { grants: ['GRANT SELECT ON `shop`.`orders` TO `u`@`%`', 'GRANT SELECT ON `secret`.`a``b` TO `u`@`%`'], finds: [HIDDEN] },
    { grants: ['GRANT SELECT (`id`, `a`) ON `shop`.`orders` TO `u`@`%`', 'GRANT SELECT ON `secret`.* TO `u`@`%`'], finds: [ORDERS] },
    { grants: ['GRANT INSERT ON `shop`.* TO `u`@`%`'], finds: [HIDDEN, ORDERS, OTHER] },
  ])('follows from $grants', async ({ grants, finds }) => {
    expect(await messages(grants)).toEqual(finds);
  });

  it('is asked for no table of which the grants say enough', async () => {
    const asked: string[] = [];
    await messages(['GRANT SELECT ON `shop`.`orders` TO `u`@`%`'], asked);
    expect(asked).toEqual([expect.stringContaining('SELECT * FROM `secret`.`a``b` LIMIT 0')]);
  });
});
