import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonOf, MysqlLab, type ServerName } from './mysql-lab.ts';

describe.each<ServerName>(['mariadb', 'mysql56'])('the places of events in a transaction of %s', (server) => {
  let lab: MysqlLab;
  beforeAll(async () => {
    lab = await MysqlLab.open(server);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('count each event, in all and of each table, also where a run begins inside the transaction', async () => {
    await lab.run('CREATE TABLE one (id INT PRIMARY KEY); CREATE TABLE two (id INT PRIMARY KEY)');
    const start = await lab.now();
    await lab.run(
      'START TRANSACTION; INSERT INTO one VALUES (1); INSERT INTO two VALUES (1); UPDATE one SET id = 2; INSERT INTO one VALUES (3); COMMIT',
    );
    const expected = [
      ['c', 1, 1],
      ['c', 2, 1],
      ['d', 3, 2],
      ['c', 4, 3],
      ['c', 5, 4],
    ];
    for (let records = 1; records <= 6; records += 1) {
      const first = await lab.read(start, { transactions: true }, records);
      const second = await lab.read(first.position, { transactions: true });
      const events = [...first.records, ...second.records].map(jsonOf).filter((value) => value !== null);
      expect(events.map(({ op, transaction: { total_order, data_collection_order } }) => [op, total_order, data_collection_order])).toEqual(
        expected,
      );
    }
  });
});
