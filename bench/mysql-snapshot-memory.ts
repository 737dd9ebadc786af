import { MysqlAdmin } from '../infra/local/mysql-admin.ts';
import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { mysqlSpec } from './copy-mysql.ts';
import { peakOf } from './peak-of.ts';
import { type Bench, type Row, row } from './row.ts';

const SIZES = [
  { name: 'memory/mysql-snapshot/500k', records: 500_000 },
  { name: 'memory/mysql-snapshot/5m', records: 5_000_000 },
];
/** The limit of one invocation. */
const RUN_RECORDS = 1_000_000;

/**
 * Measures the peak resident memory of a process that copies all rows of a table, invocation after invocation. The ratio is against the
 * small table.
 */
export const mysqlSnapshotMemory: Bench = {
  names: SIZES.map(({ name }) => name),
  servers: ['mariadb', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress }) {
    const { store, table } = await openTestStore(addresses);
    const runtime = new TestRuntime(store);
    const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    const mysql = new MysqlAdmin(addresses.mariadb);
    const rows: Row[] = [];
    let small: number | undefined;
    for (const { name, records } of SIZES) {
      progress(`${name}: filling MariaDB`);
      const connector = uniqueName('memory');
      const database = connector.replaceAll('-', '_');
      await fill(mysql, database, records);
      await admin.createTopic(connector);
      await runtime.apply(mysqlSpec(addresses, connector, { tables: [`${database}.t`] }, { maxRecords: RUN_RECORDS }));
      progress(`${name}: copying`);
      const { peakMiB, records: copied } = await peakOf(connector, table, addresses.dynamodb, 600_000);
      if (copied !== records) throw new Error(`${name}: ${copied} of ${records} rows were copied`);
      rows.push(row(name, peakMiB, 'MiB', small));
      small ??= peakMiB;
      await admin.deleteTopic(connector);
      await mysql.run(`DROP DATABASE ${database}`);
    }
    await mysql.close();
    await runtime.close();
    admin.close();
    return rows;
  },
};

/** Makes that many rows of 200 bytes inside the server, and leaves them out of its log. */
async function fill(mysql: MysqlAdmin, database: string, records: number): Promise<void> {
  await mysql.run(`CREATE DATABASE ${database}; CREATE TABLE ${database}.t (id INT PRIMARY KEY, v CHAR(200) CHARACTER SET ascii)`);
  await mysql.run(`SET sql_log_bin = 0; INSERT INTO ${database}.t VALUES (0, REPEAT('x', 200))`);
  for (let have = 1; have < records; have *= 2) {
    const more = Math.min(have, records - have);
    await mysql.run(`INSERT INTO ${database}.t SELECT id + ${have}, v FROM ${database}.t WHERE id < ${more}`);
  }
  await mysql.run('SET sql_log_bin = 1');
}
