import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Selection } from '../../../src/connectors/mysql/config/selection.ts';
import { MysqlServer } from '../../../src/connectors/mysql/server/server.ts';
import { selectColumns } from '../../../src/connectors/mysql/snapshot/table-queries.ts';
import { readTables } from '../../../src/connectors/mysql/tables/table-definitions.ts';
import { JsonBytes } from '../../../src/connectors/mysql/values/json-bytes.ts';
import { TableWriter } from '../../../src/connectors/mysql/values/table-writer.ts';
import { columnValues } from './column-values.ts';
import { MysqlLab, type ServerName } from './mysql-lab.ts';

describe.each<ServerName>(['mariadb', 'mysql56'])('values of %s', (server) => {
  const types = columnValues[server];
  let lab: MysqlLab;
  let reader: MysqlServer;
  beforeAll(async () => {
    lab = await MysqlLab.open(server);
    reader = new MysqlServer(lab.parsed(), 'source');
  });
  afterAll(async () => {
    reader.close();
    await lab[Symbol.asyncDispose]();
  });

  it('are the same in the log as in the table, for every type', async () => {
    const columns = Object.keys(types).map((type, index) => `c${index} ${type}`);
    await lab.run(`CREATE TABLE every_type (id INT PRIMARY KEY, ${columns.join(', ')}) CHARSET utf8mb4`);
    const [table] = await readTables(reader, new Selection(lab.parsed()));
    if (table === undefined) throw new Error('no table');
    const writer = new TableWriter(table, lab.parsed(), 'numbers');
    const json = new JsonBytes();
    const row = fc.tuple(...Object.values(types).map((values) => fc.option(values, { freq: 8, nil: 'NULL' })));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
        await lab.run('DELETE FROM every_type');
        const start = await lab.now();
        const lines = rows.map((values, id) => `(${id},${values.join(',')})`);
        await lab.run(`INSERT INTO every_type VALUES ${lines.join(',')}`);
        const { records } = await lab.read(start, { format: 'flat' });
        const connection = await lab.admin.connection();
        const [selected] = await connection.query({
          sql: `SELECT ${selectColumns(table, () => true)} FROM every_type ORDER BY id`,
          rowsAsArray: true,
          typeCast: (field) => field.buffer(),
        });
        const fromQuery = (selected as unknown as Buffer[][]).map((values) => {
          writer.write(writer.fromQuery(values), json);
          return json.take().toString();
        });
        const fromLog = records.map(({ value }) => String(value).replace(/,"__op":"c"\}$/, '}'));
        for (const [index, json] of fromLog.entries()) expect(JSON.parse(json)).toEqual(JSON.parse(fromQuery[index] as string));
        expect(fromLog).toEqual(fromQuery);
      }),
      { numRuns: 40 },
    );
  }, 900_000);
});
