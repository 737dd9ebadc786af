import { performance } from 'node:perf_hooks';
import { createConnection } from 'mysql2';
import { mysqlUser } from '../infra/local/servers/mysql-cnf.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import { uniqueName } from '../test/support/names.ts';
import { copyMysql, mysqlKey } from './copy-mysql.ts';
import { dropMysql, fillMysql } from './read-raw-mysql.ts';
import { type Bench, type Row, row } from './row.ts';
import { sendRaw } from './send-raw.ts';

const SIZES = [
  { label: '200B', bytes: 200, records: 800_000 },
  { label: '1KiB', bytes: 1_024, records: 400_000 },
  { label: '10KiB', bytes: 10_240, records: 40_000 },
];
const ROUNDS = 3;
const SEND_SECONDS = 3;

/**
 * Measures rows per second of a whole task from a table of MariaDB to RocketMQ, against the serial bound of one statement and the producer.
 */
export const mysqlSnapshot: Bench = {
  names: SIZES.flatMap(({ label }) => [`read/raw/mysql-select/${label}`, `mysql-source/snapshot/${label}`]),
  servers: ['mariadb', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress, wants }) {
    const rows: Row[] = [];
    for (const size of SIZES) {
      if ([`read/raw/mysql-select/${size.label}`, `mysql-source/snapshot/${size.label}`].some(wants))
        rows.push(...(await measure(size, addresses, progress)));
    }
    return rows;
  },
};

async function measure(
  { label, bytes, records }: (typeof SIZES)[number],
  addresses: StackAddresses,
  progress: (text: string) => void,
): Promise<Row[]> {
  progress(`${label}: filling MariaDB with ${records} rows`);
  const table = await fillMysql(addresses.mariadb, uniqueName('bench').replaceAll('-', '_'), bytes, records);
  const options = { tables: [`${table.database}.t`], snapshot: 'only' };
  const best = { send: 0, read: 0, one: 0 };
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${label}: round ${round} of ${ROUNDS}`);
    best.read = Math.max(best.read, await readRaw(addresses.mariadb, table.database));
    const { rowsPerSecond, bytesPerRow } = await copyMysql(addresses, options, records);
    best.one = Math.max(best.one, rowsPerSecond);
    // The messages have the size and the keys that the rows get.
    best.send = Math.max(best.send, (await sendRaw(bytesPerRow, SEND_SECONDS, mysqlKey)).messagesPerSecond);
  }
  await dropMysql(addresses.mariadb, table);
  return [
    row(`read/raw/mysql-select/${label}`, best.read, 'records/s'),
    row(`mysql-source/snapshot/${label}/1task`, best.one, 'records/s', 1 / (1 / best.read + 1 / best.send)),
  ];
}

/** Returns rows per second of the client library alone, in one statement, with each row as an array of values. */
async function readRaw(address: string, database: string): Promise<number> {
  const [host = '', port] = address.split(':');
  const connection = createConnection({ host, port: Number(port), user: mysqlUser.mysqlUsername, password: mysqlUser.mysqlPassword });
  const began = performance.now();
  let rows = 0;
  await new Promise<void>((resolve, reject) => {
    connection
      .query({ sql: `SELECT * FROM ${database}.t`, rowsAsArray: true })
      .on('error', reject)
      .on('result', () => {
        rows += 1;
      })
      .on('end', resolve);
  });
  const rate = (rows * 1_000) / (performance.now() - began);
  connection.destroy();
  return rate;
}
