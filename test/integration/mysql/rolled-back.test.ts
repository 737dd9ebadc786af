import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { OwnServer } from '../../support/own-server.ts';
import { jsonOf, keyOf, MysqlLab } from './mysql-lab.ts';
import { withCnf } from './own-cnf.ts';

/** Ids that arrive after these statements, of tables `acc` and, not transactional, `m`. */
async function arriving(lab: MysqlLab, sql: string, overrides: Record<string, unknown> = {}): Promise<string[]> {
  const start = await lab.now();
  await lab.run(sql);
  const { records } = await lab.read(start, overrides);
  return records.filter(({ value }) => value !== null).map((record) => `${jsonOf(record).source?.table} ${keyOf(record)}`);
}

const TABLES = `CREATE TABLE acc (id INT PRIMARY KEY, bal INT) ENGINE = InnoDB; CREATE TABLE m (id INT PRIMARY KEY) ENGINE = MyISAM;
  INSERT INTO acc VALUES (1, 100), (2, 200)`;

describe('what MariaDB has in its log though it was rolled back', () => {
  let lab: MysqlLab;
  beforeAll(async () => {
    lab = await MysqlLab.open('mariadb');
    await lab.run(TABLES);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('does not arrive, for a transaction as a whole', async () => {
    const sql = `START TRANSACTION; UPDATE acc SET bal = 0 WHERE id = 1; CREATE TEMPORARY TABLE t1 (a INT); INSERT INTO acc VALUES (99, 1); ROLLBACK;
      DROP TEMPORARY TABLE t1; INSERT INTO acc VALUES (10, 1)`;
    expect(await arriving(lab, sql)).toEqual(['acc {"id":10}']);
    const dropped = `CREATE TEMPORARY TABLE t2 (a INT); START TRANSACTION; INSERT INTO acc VALUES (98, 1); DROP TEMPORARY TABLE t2; ROLLBACK;
      INSERT INTO acc VALUES (11, 1)`;
    expect(await arriving(lab, dropped)).toEqual(['acc {"id":11}']);
  });

  it('does not arrive back to a savepoint, of any name, set anew or first of all', async () => {
    const sql = `START TRANSACTION; INSERT INTO acc VALUES (20, 1); SAVEPOINT \`Ä b\`; INSERT INTO acc VALUES (97, 1); CREATE TEMPORARY TABLE t3 (a INT);
      ROLLBACK TO \`ä b\`; SAVEPOINT \`a\`\`b\`; INSERT INTO acc VALUES (96, 1); SAVEPOINT inner_one; INSERT INTO acc VALUES (95, 1);
      CREATE TEMPORARY TABLE t4 (a INT); rollback work to savepoint \`A\`\`B\`; INSERT INTO acc VALUES (21, 1); SAVEPOINT \`a\`\`b\`;
      INSERT INTO acc VALUES (22, 1); CREATE TEMPORARY TABLE t5 (a INT); RELEASE SAVEPOINT \`a\`\`b\`; COMMIT`;
    expect(await arriving(lab, sql)).toEqual(['acc {"id":20}', 'acc {"id":21}', 'acc {"id":22}']);
    const first = `START TRANSACTION; SAVEPOINT s; INSERT INTO acc VALUES (94, 1); CREATE TEMPORARY TABLE t6 (a INT); ROLLBACK TO s;
      INSERT INTO acc VALUES (23, 1); COMMIT`;
    expect(await arriving(lab, first)).toEqual(['acc {"id":23}']);
  });

  it('arrives where its table knows no rollback', async () => {
    const sql = `START TRANSACTION; INSERT INTO acc VALUES (93, 1); INSERT INTO m VALUES (1); SAVEPOINT s; INSERT INTO m VALUES (2);
      INSERT INTO acc VALUES (92, 1); CREATE TEMPORARY TABLE t7 (a INT); ROLLBACK TO s; INSERT INTO m VALUES (3); ROLLBACK`;
    expect(await arriving(lab, sql)).toEqual(['m {"id":1}', 'm {"id":2}', 'm {"id":3}']);
  });

  it('does not arrive in a message of a whole transaction', async () => {
    const start = await lab.now();
    await lab.run(`START TRANSACTION; INSERT INTO acc VALUES (30, 1); SAVEPOINT s; INSERT INTO acc VALUES (91, 1); CREATE TEMPORARY TABLE t8 (a INT);
      ROLLBACK TO s; INSERT INTO acc VALUES (31, 1); COMMIT`);
    const { records } = await lab.read(start, { format: 'rocketmq-mysql' });
    const rows = records.flatMap((record) => jsonOf(record).rows);
    expect(rows.map(({ data }) => data.id)).toEqual([30, 31]);
  });

  it('does not arrive of a transaction that is too large to be kept, which comes whole, in order, once, however runs end', async () => {
    await lab.run('CREATE TABLE bulk (id INT PRIMARY KEY, v VARCHAR(2000))');
    const start = await lab.now();
    const insert = (from: number, count: number) =>
      `INSERT INTO bulk SELECT seq, REPEAT('x', 2000) FROM seq_${from}_to_${from + count - 1}`;
    await lab.run(`INSERT INTO acc VALUES (40, 1); START TRANSACTION; ${insert(1, 7_000)}; SAVEPOINT s; ${insert(20_001, 1_000)};
      CREATE TEMPORARY TABLE t9 (a INT); ROLLBACK TO s; ${insert(30_001, 1_000)}; COMMIT; INSERT INTO acc VALUES (41, 1)`);
    const wanted = [...numbers(1, 7_000), ...numbers(30_001, 1_000)].map((id) => `{"id":${id}}`);
    const ids = async (maxRecords: number) => {
      const found: Array<string | undefined> = [];
      for (let position = start, count = 1; count > 0; ) {
        const { records, position: reached } = await lab.read(position, {}, maxRecords);
        found.push(...records.map(keyOf));
        count = records.length;
        position = reached as string;
      }
      return found;
    };
    for (const maxRecords of [Number.POSITIVE_INFINITY, 5_001])
      expect(sameList(await ids(maxRecords), ['{"id":40}', ...wanted, '{"id":41}'])).toBe(true);
  }, 900_000);
});

describe.each([['GTIDs', ['enforce_gtid_consistency=OFF', 'gtid_mode=OFF']]])(
  'what MySQL without %s has in its log though it was rolled back',
  (_, settings) => {
    it('does not arrive, but for tables that know no rollback', async () => {
      await using own = await OwnServer.start(withCnf(mysql56, settings));
      await using lab = await MysqlLab.at(own.address('mysql'));
      await lab.run(TABLES);
      const sql = `CREATE TEMPORARY TABLE t1 (a INT); START TRANSACTION; INSERT INTO acc VALUES (98, 1); DROP TEMPORARY TABLE t1; ROLLBACK;
      START TRANSACTION; INSERT INTO acc VALUES (10, 1); SAVEPOINT s; INSERT INTO acc VALUES (97, 1); INSERT INTO m VALUES (1); ROLLBACK TO s;
      CREATE TEMPORARY TABLE t2 (a INT); INSERT INTO acc VALUES (11, 1); COMMIT; START TRANSACTION; INSERT INTO m VALUES (2);
      INSERT INTO acc VALUES (96, 1); ROLLBACK`;
      const found = await arriving(lab, sql);
      expect(found.filter((row) => row.startsWith('acc'))).toEqual(['acc {"id":10}', 'acc {"id":11}']);
      expect(found.filter((row) => row.startsWith('m'))).toEqual(['m {"id":1}', 'm {"id":2}']);
    });
  },
);

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
/** Without printing them. */
const sameList = (a: readonly unknown[], b: readonly unknown[]) => a.length === b.length && a.every((each, index) => each === b[index]);
