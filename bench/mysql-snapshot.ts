import { createConnection } from 'mysql2';
import { mysqlUser } from '../infra/local/servers/mysql-cnf.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import { uniqueName } from '../test/support/names.ts';
import { copyMysql, mysqlKey } from './copy-mysql.ts';
import { better, type Pace, paceOf, type SourcePaces, sourceRows } from './pace.ts';
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

const namesOf = (label: string) => [
  `read/raw/mysql-select/${label}`,
  `mysql-source/snapshot/${label}`,
  `cpu/mysql-source/snapshot/${label}`,
];

/**
 * Measures rows per second of a whole task from a table of MariaDB to RocketMQ against the slower of one statement and the producer, and
 * its processor time a row against the sum of theirs.
 */
export const mysqlSnapshot: Bench = {
  names: SIZES.flatMap(({ label }) => namesOf(label)),
  servers: ['mariadb', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress, wants }) {
    const rows: Row[] = [];
    for (const size of SIZES) {
      if (namesOf(size.label).some(wants)) rows.push(...(await measure(size, addresses, progress)));
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
  const best: { [what in keyof SourcePaces]?: Pace } = {};
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${label}: round ${round} of ${ROUNDS}`);
    best.read = better(best.read, await readRaw(addresses.mariadb, table.database));
    const { pace, bytesPerRow } = await copyMysql(addresses, options, records);
    best.copy = better(best.copy, pace);
    // The messages have the size and the keys that the rows get.
    best.send = better(best.send, await sendRaw(bytesPerRow, SEND_SECONDS, { keyOf: mysqlKey }));
  }
  await dropMysql(addresses.mariadb, table);
  const paces = best as SourcePaces;
  return [row(`read/raw/mysql-select/${label}`, paces.read.perSecond, 'records/s'), ...sourceRows(`mysql-source/snapshot/${label}`, paces)];
}

/** Measures the client library alone, in one statement, with each row as an array of values. */
async function readRaw(address: string, database: string): Promise<Pace> {
  const [host = '', port] = address.split(':');
  const connection = createConnection({ host, port: Number(port), user: mysqlUser.mysqlUsername, password: mysqlUser.mysqlPassword });
  const pace = await paceOf(async () => {
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
    return rows;
  });
  connection.destroy();
  return pace;
}
