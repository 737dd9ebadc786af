import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonOf, keyOf, MysqlLab, type ServerName } from './mysql-lab.ts';

describe.each<ServerName>(['mariadb', 'mysql56'])('changes of %s', (server) => {
  let lab: MysqlLab;
  beforeAll(async () => {
    lab = await MysqlLab.open(server);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('arrive as creations, updates and deletions with their tombstones, by key', async () => {
    await lab.run('CREATE TABLE orders (id INT PRIMARY KEY, name VARCHAR(20), price DECIMAL(10,2))');
    const start = await lab.now();
    await lab.run("INSERT INTO orders VALUES (1, 'a', 1.50), (2, 'b', NULL)");
    await lab.run("UPDATE orders SET name = 'ä' WHERE id = 1");
    await lab.run('DELETE FROM orders WHERE id = 2');
    const { records } = await lab.read(start);
    expect(records.map((record) => [keyOf(record), jsonOf(record)?.op, jsonOf(record)?.before, jsonOf(record)?.after])).toEqual([
      ['{"id":1}', 'c', null, { id: 1, name: 'a', price: '1.50' }],
      ['{"id":2}', 'c', null, { id: 2, name: 'b', price: null }],
      ['{"id":1}', 'u', { id: 1, name: 'a', price: '1.50' }, { id: 1, name: 'ä', price: '1.50' }],
      ['{"id":2}', 'd', { id: 2, name: 'b', price: null }, null],
      ['{"id":2}', undefined, undefined, undefined],
    ]);
  });
});
