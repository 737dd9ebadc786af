import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MysqlAdmin } from '../../../infra/local/mysql-admin.ts';
import { mysqlUser } from '../../../infra/local/servers/mysql-cnf.ts';
import { createPositions } from '../../../src/connectors/mysql/sink/positions.ts';
import { uniqueName } from '../../support/names.ts';
import { Workbench } from './workbench.ts';

const QUEUES = 4;
const TABLES = [
  'CREATE TABLE orders (id BIGINT UNSIGNED PRIMARY KEY, price DECIMAL(20,4), at DATETIME(6), seen TIMESTAMP(3) NULL, note TEXT, bytes BLOB, flags BIT(9))',
  'CREATE TABLE parts (a INT, b VARCHAR(10), v DOUBLE, PRIMARY KEY (a, b))',
  'CREATE TABLE mails (id INT PRIMARY KEY, mail VARCHAR(40) UNIQUE)',
  'CREATE TABLE codes (code VARCHAR(40) COLLATE utf8mb4_general_ci PRIMARY KEY, v INT)',
];

describe('tables that go from MySQL through RocketMQ to MySQL', () => {
  let bench: Workbench;
  let admin: MysqlAdmin;
  const [from, to] = [uniqueName('from'), uniqueName('to')].map((name) => name.replaceAll('-', '_')) as [string, string];
  const user = uniqueName('user').slice(-16);
  beforeAll(async () => {
    bench = await Workbench.open();
    admin = new MysqlAdmin(bench.addresses.mariadb);
    for (const database of [from, to]) {
      await admin.run(`CREATE DATABASE ${database}; USE ${database}; ${TABLES.join(' CHARSET utf8mb4; ')} CHARSET utf8mb4`);
    }
    await admin.run(createPositions({ database: to, table: 'rocketmq_connect_positions' }));
    await admin.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${to}.* TO '${user}'@'127.0.0.1' IDENTIFIED BY 'round-trip'`);
  });
  afterAll(async () => {
    await admin?.run(`DROP DATABASE ${from}; DROP DATABASE ${to}; DROP USER '${user}'@'127.0.0.1'`);
    await admin?.close();
    await bench?.close();
  });

  const ok = async (...args: string[]): Promise<string> => {
    const env = { SOURCE_PASSWORD: mysqlUser.mysqlPassword, SINK_PASSWORD: 'round-trip' };
    const finished = await bench.run(args, { env });
    if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`);
    return finished.stdout;
  };

  const expectSame = async (): Promise<void> => {
    for (const table of ['orders', 'parts', 'mails', 'codes']) {
      const [there, here] = await Promise.all([from, to].map((database) => admin.rows(`SELECT * FROM ${database}.${table} ORDER BY 1, 2`)));
      expect(here).toEqual(there);
      expect(there?.length).toBeGreaterThan(0);
    }
  };

  it('are the same behind a snapshot, changes, deletions and other keys', async () => {
    const topic = await bench.rocketmqTopic({ queues: QUEUES });
    const [out, back] = [uniqueName('out'), uniqueName('back')];
    const rocketmq = `rocketmq:\n  endpoints: ${bench.addresses.rocketmqNamesrv}\n  topic: ${topic}\n  requestTimeoutMs: 20000\n`;
    const source = `source:\n  address: ${admin.address}\n  username: ${mysqlUser.mysqlUsername}\n  password: \${env:SOURCE_PASSWORD}\n  tables: [${from}.*]\n`;
    const sink = `sink:\n  address: ${admin.address}\n  username: ${user}\n  password: \${env:SINK_PASSWORD}\n  table: ${to}.{{table}}\n`;
    await bench.file('out.yml', `name: ${out}\ntype: mysql-source\nmaxTasks: 1\n${source}${rocketmq}`);
    await bench.file('back.yml', `name: ${back}\ntype: mysql-sink\nmaxTasks: 2\n${sink}${rocketmq}`);
    const orders = Array.from(
      { length: 2_000 },
      (_, id) => `(${id}, ${id}.5, '2024-01-02 03:04:05.678901', '2024-01-02 03:04:05.5', 'ü ''${id}', x'00ff', ${id % 512})`,
    );
    // The server takes each of these for the text that it becomes below.
    const codes = ['KEY', 'sp', 'é', 'ß', 'di'].flatMap((kind) =>
      Array.from({ length: 20 }, (_, id) => `('${kind}${id}${kind === 'sp' ? ' ' : ''}', 0)`),
    );
    await admin.run(`USE ${from}; SET time_zone = '+00:00'; INSERT INTO orders VALUES ${orders}; INSERT INTO orders VALUES (18446744073709551615, NULL, NULL, NULL, NULL, NULL, NULL);
      INSERT INTO parts VALUES (1,'x',0.1),(1,'y',1e300),(2,'x',NULL); INSERT INTO mails VALUES (1,'a'),(2,'b'); INSERT INTO codes VALUES ${codes}`);
    expect(await ok('validate', '--reach', 'back.yml')).toContain(`connector ${back} is valid, and both ends answer`);
    await ok('apply', 'out.yml', 'back.yml');
    await ok('run', out, '--until-caught-up');
    await ok('run', back, '--until-caught-up');
    await expectSame();

    await admin.run(`USE ${from}; DELETE FROM orders WHERE id % 3 = 0; UPDATE orders SET note = NULL, price = price + 1 WHERE id % 5 = 0;
      UPDATE orders SET id = id + 1 WHERE id < 3000 ORDER BY id DESC; UPDATE parts SET a = a + 1 ORDER BY a DESC; INSERT INTO parts VALUES (1,'x',5);
      UPDATE mails SET mail = 'c' WHERE id = 1; INSERT INTO mails VALUES (3,'d');
      UPDATE codes SET v = 1; UPDATE codes SET code = LOWER(code), v = 2 WHERE code LIKE 'key%'; UPDATE codes SET code = RTRIM(code), v = 3 WHERE code LIKE 'sp%';
      UPDATE codes SET code = REPLACE(code, 'é', 'e'), v = 4 WHERE BINARY code LIKE 'é%'; UPDATE codes SET code = REPLACE(code, 'ß', 's'), v = 5 WHERE BINARY code LIKE 'ß%';
      DELETE FROM codes WHERE code LIKE 'di%'; INSERT INTO codes SELECT UPPER(CONCAT('di', id)), 6 FROM orders WHERE id < 20`);
    await ok('run', out, '--until-caught-up');
    await ok('run', back, '--until-caught-up');
    await expectSame();
  });
});
