import { describe, expect, it } from '@jest/globals';
import type { TableMapEvent } from '@vlasky/zongji';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { tableNamedIn } from '../../../src/connectors/mysql/log/events/event.ts';
import { TableMaps } from '../../../src/connectors/mysql/log/tables/table-maps.ts';
import type { MysqlServer } from '../../../src/connectors/mysql/server/server.ts';
import { TableWriter } from '../../../src/connectors/mysql/values/table-writer.ts';

const config = mysqlSourceConfig.parse({ address: 'h:1', username: 'u', password: 'p', tables: ['shop.*'] });
/** Number of MySQL 9's VECTOR, which the reader does not know. */
const VECTOR = 242;
const INT = 3;

/** As a server that has this table answers about its columns. */
const serverWith = (columns: Readonly<Record<string, string>>): MysqlServer =>
  ({
    query: async (sql: string) =>
      sql.includes('information_schema.COLUMNS')
        ? Object.entries(columns).map(([name, columnType]) => ({ name, columnType, charset: null, keyed: '' }))
        : [],
  }) as unknown as MysqlServer;

const mapsOf = (server: MysqlServer): TableMaps =>
  new TableMaps(
    server,
    false,
    (table) => new TableWriter(table, config, 'numbers'),
    () => {},
  );

/** A description that does not name its columns, as the reader gives it once it was told about them. */
async function announced(maps: TableMaps, codes: readonly number[]): Promise<void> {
  const event = {
    schemaName: 'shop',
    tableName: 'orders',
    tableId: 7,
    columnCount: codes.length,
    columnTypes: codes,
    columnsMetadata: codes.map(() => undefined),
    tableMap: {},
    hasSelfDescribingMetadata: () => false,
  } as unknown as TableMapEvent;
  const columnSchemas = (await maps.describe(event)) ?? [];
  const columns = codes.map((type, index) => ({ type, name: columnSchemas[index]?.COLUMN_NAME ?? '', charset: null, metadata: {} }));
  event.tableMap[7] = { columnSchemas, columns, parentSchema: 'shop', tableName: 'orders' };
  await maps.announce(event);
}

describe('a table in the log', () => {
  it('is copied where all its types are understood', async () => {
    const maps = mapsOf(serverWith({ id: 'int(11)' }));
    await announced(maps, [INT]);
    expect(maps.refusal(7)).toBeUndefined();
    expect(maps.writer(7)?.table.columns.map(({ name }) => name)).toEqual(['id']);
  });

  it('is refused by the name of a column whose type nobody here knows, wherever that stands', async () => {
    const maps = mapsOf(serverWith({ id: 'int(11)', place: 'vector(3)', v: 'int(11)' }));
    await announced(maps, [INT, VECTOR, INT]);
    expect(maps.refusal(7)).toMatchObject({
      table: 'shop.orders',
      error: { code: 'WRONG_KIND', message: 'column shop.orders.place has a type that is not understood (number 242 in the log)' },
    });
    expect(maps.writer(7)).toBeUndefined();
  });

  it.each([
    [[INT, INT], 'more'],
    [[], 'fewer'],
  ])('that does not name its columns is refused where it has others by now: %j', async (codes, had) => {
    const maps = mapsOf(serverWith({ id: 'int(11)' }));
    await announced(maps, codes);
    expect(maps.refusal(7)?.error.message).toContain(`table shop.orders had ${had} columns when rows were written`);
  });

  it('is refused by its name where its description can not be decoded, until numbers begin anew', () => {
    const body = Buffer.concat([
      Buffer.from([7, 0, 0, 0, 0, 0, 1, 0, 4]),
      Buffer.from('shop\0'),
      Buffer.from([6]),
      Buffer.from('orders\0'),
    ]);
    expect(tableNamedIn(body)).toEqual({ database: 'shop', table: 'orders' });
    const maps = mapsOf(serverWith({}));
    maps.damaged(body, 'its end is missing');
    expect(maps.refusal(7)?.error.message).toBe('the description of table shop.orders in the log can not be read: its end is missing');
    expect(maps.announced(7)).toBe('shop.orders');
    maps.clear();
    expect(maps.refusal(7)).toBeUndefined();
  });
});
