import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Selection } from '../../../src/connectors/mysql/config/selection.ts';
import { MysqlServer } from '../../../src/connectors/mysql/server/server.ts';
import { selectColumns } from '../../../src/connectors/mysql/snapshot/table-queries.ts';
import { readTables } from '../../../src/connectors/mysql/tables/table-definitions.ts';
import { columnValues } from './column-values.ts';
import { MysqlLab, type ServerName } from './mysql-lab.ts';
import { fromSource, MysqlSinkLab } from './mysql-sink-lab.ts';

const BATCH = 300;

describe.each<ServerName>(['mariadb', 'mysql56'])('rows that go from %s through messages to it', (server) => {
  let lab: MysqlLab;
  let target: MysqlSinkLab;
  beforeAll(async () => {
    [lab, target] = await Promise.all([MysqlLab.open(server), MysqlSinkLab.open(server)]);
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await target?.[Symbol.asyncDispose]();
  });

  const inBoth = async (sql: string) => {
    await lab.run(sql);
    await target.run(sql);
  };

  /** Copies what the log has since `start`. */
  async function copy(start: string, options: Record<string, unknown> = {}, schema = 'fail'): Promise<void> {
    const { records } = await lab.read(start, options);
    const task = await target.task({ schema });
    for (let from = 0; from < records.length; from += BATCH) await target.hand(task, records.slice(from, from + BATCH).map(fromSource));
  }

  /** All values as they are kept. */
  async function contents(table: string): Promise<unknown[][]> {
    const reader = new MysqlServer(lab.parsed(), 'source');
    const [definition] = await readTables(reader, new Selection(lab.parsed({ tables: [`${lab.database}.${table}`] })));
    reader.close();
    if (definition === undefined) throw new Error('no table');
    const rowsOf = async (database: string) => {
      const connection = await lab.admin.connection();
      const [rows] = await connection.query({
        sql: `SELECT ${selectColumns(definition, () => true)} FROM ${database}.${table} ORDER BY 1, 2`,
        rowsAsArray: true,
        typeCast: (field) => field.buffer()?.toString('latin1') ?? null,
      });
      return rows as unknown as Array<string | null>;
    };
    await lab.admin.run("SET time_zone = '+00:00'");
    return [await rowsOf(lab.database), await rowsOf(target.database)];
  }

  const expectEqual = async (table: string): Promise<number> => {
    const [there, here] = await contents(table);
    expect(here).toEqual(there);
    return there?.length ?? 0;
  };

  it.each(['debezium', 'flat'])('are the same of every type, in the format %s', async (format) => {
    // In strict mode no server takes what is no member of an ENUM.
    const types = Object.entries(columnValues[server]).map(
      ([type, values]) => [type, type.startsWith('enum') ? values.filter((value) => value !== "''") : values] as const,
    );
    const table = `every_type_${format}`;
    const columns = types.map(([type], index) => `c${index} ${type}`);
    await inBoth(`CREATE TABLE ${table} (id INT PRIMARY KEY, ${columns.join(', ')}) CHARSET utf8mb4`);
    const row = fc.tuple(...types.map(([, values]) => fc.option(values, { freq: 8, nil: 'NULL' })));
    const rows = fc.sample(row, { numRuns: 200, seed: 7 });
    const start = await lab.now();
    for (let from = 0; from < rows.length; from += 50) {
      const lines = rows.slice(from, from + 50).map((values, place) => `(${from + place},${values.join(',')})`);
      await lab.run(`INSERT INTO ${table} VALUES ${lines.join(',')}`);
    }
    const options = { format, tables: [`${lab.database}.${table}`] };
    if (format === 'debezium') await copy(start, options);
    else {
      const { records } = await lab.read(start, options);
      await target.write(records.map(fromSource), { table: `${target.database}.${table}` });
    }
    expect(await expectEqual(table)).toBe(200);
  });

  it('are the same in tables that the sink makes, where a column comes later', async () => {
    await lab.run(`CREATE TABLE grown (part VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, id BIGINT, v VARCHAR(20), d DECIMAL(20,5), f DOUBLE,
      u BIGINT UNSIGNED, PRIMARY KEY (part, id)) CHARSET utf8mb4`);
    const [options, first] = [{ tables: [`${lab.database}.grown`] }, await lab.now()];
    await lab.run(
      `INSERT INTO grown VALUES ('a', 1, 'x', '1.50000', 0.1, 18446744073709551615), ('A', 1, NULL, NULL, NULL, 0), ('b', 2, 'ü', '-7', 1e300, 5)`,
    );
    await copy(first, options, 'create');
    await lab.run('ALTER TABLE grown ADD COLUMN w TEXT, ADD COLUMN n INT');
    const second = await lab.now();
    await lab.run(`UPDATE grown SET w = 'new', n = 5 WHERE part = 'a'; UPDATE grown SET id = 3 WHERE part = 'b';
      DELETE FROM grown WHERE part = 'A'; INSERT INTO grown VALUES ('B', 1, 'y', '0.00001', -1, 1, NULL, -1)`);
    await copy(second, options, 'create');
    expect(await expectEqual('grown')).toBe(3);
  });

  it('are the same behind any history of a table with a key, whatever the batches', async () => {
    await inBoth('CREATE TABLE history (a INT, b VARCHAR(5) CHARACTER SET utf8mb4, v INT, w TEXT, PRIMARY KEY (a, b)) CHARSET utf8mb4');
    const start = await lab.now();
    const key = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('x', 'X', 'ö'));
    const statement = fc.oneof(
      fc.tuple(key, fc.integer()).map(([[a, b], v]) => `REPLACE INTO history VALUES (${a}, '${b}', ${v}, 'new')`),
      fc.tuple(key, fc.integer()).map(([[a, b], v]) => `UPDATE history SET v = ${v} WHERE a = ${a} AND b = '${b}'`),
      key.map(([a, b]) => `DELETE FROM history WHERE a = ${a} AND b = '${b}'`),
      fc.tuple(key, key).map(([[a, b], [c, d]]) => `UPDATE IGNORE history SET a = ${c}, b = '${d}' WHERE a = ${a} AND b = '${b}'`),
      fc.constant('UPDATE history SET a = a + 1 ORDER BY a DESC'),
    );
    for (const sql of fc.sample(statement, { numRuns: 300, seed: 11 }))
      await lab.admin.run(sql.replace('history', `${lab.database}.history`));
    await copy(start, { tables: [`${lab.database}.history`] });
    expect(await expectEqual('history')).toBeGreaterThan(0);
  });

  it('are the same where each row takes the key of the next one', async () => {
    await inBoth('CREATE TABLE moved (id INT PRIMARY KEY, v VARCHAR(20))');
    const start = await lab.now();
    const rows = Array.from({ length: 3_000 }, (_, id) => `(${id}, 'row ${id}')`);
    await lab.run(
      `INSERT INTO moved VALUES ${rows.join(',')}; UPDATE moved SET id = id + 1 ORDER BY id DESC; UPDATE moved SET id = id + 7 ORDER BY id DESC`,
    );
    await copy(start, { tables: [`${lab.database}.moved`] });
    expect(await expectEqual('moved')).toBe(3_000);
  });

  it('are the same where they swap values of another unique key', async () => {
    await inBoth('CREATE TABLE swapped (id INT PRIMARY KEY, mail VARCHAR(20) UNIQUE)');
    const start = await lab.now();
    await lab.run(`INSERT INTO swapped VALUES (1,'a'),(2,'b'),(3,'c'); UPDATE swapped SET mail = 'z' WHERE id = 1; UPDATE swapped SET mail = 'a' WHERE id = 2;
      UPDATE swapped SET mail = 'b' WHERE id = 1; DELETE FROM swapped WHERE id = 3; INSERT INTO swapped VALUES (4,'c')`);
    await copy(start, { tables: [`${lab.database}.swapped`] });
    expect(await expectEqual('swapped')).toBe(3);
  });

  it('are the same where foreign keys tie parents and children', async () => {
    await inBoth(
      `CREATE TABLE parents (id INT PRIMARY KEY, v INT); CREATE TABLE children (id INT PRIMARY KEY, parent INT NOT NULL, FOREIGN KEY (parent) REFERENCES parents (id))`,
    );
    const start = await lab.now();
    await lab.run(`INSERT INTO parents VALUES (1,0),(2,0); INSERT INTO children VALUES (10,1),(11,2); DELETE FROM children WHERE id = 10; DELETE FROM parents WHERE id = 1;
      INSERT INTO parents VALUES (3,0); UPDATE children SET parent = 3; DELETE FROM parents WHERE id = 2`);
    await copy(start, { tables: [`${lab.database}.parents`, `${lab.database}.children`] });
    expect(await expectEqual('children')).toBe(1);
    expect(await expectEqual('parents')).toBe(1);
  });
});
