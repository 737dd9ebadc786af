import { performance } from 'node:perf_hooks';
import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { mysqlUser } from '../infra/local/servers/mysql-cnf.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import type { ConnectorSpec } from '../src/config/connector-spec.ts';
import { mysqlSource } from '../src/connectors/mysql/index.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { connectorSpec } from '../test/support/specs.ts';
import { dropMysql, type FilledTable, fillMysql, readRawMysql } from './read-raw-mysql.ts';
import { type Bench, type Row, row } from './row.ts';
import { sendRaw } from './send-raw.ts';

const SIZES = [
  { label: '200B', bytes: 200, records: 400_000 },
  { label: '1KiB', bytes: 1_024, records: 200_000 },
  { label: '10KiB', bytes: 10_240, records: 20_000 },
];
const QUEUES = 8;
const ROUNDS = 3;
const SEND_SECONDS = 3;

/** Rows per second of a whole task from MariaDB's log to RocketMQ, against the serial bound of the reader library and the producer. */
export const mysqlStream: Bench = {
  names: SIZES.flatMap(({ label }) => [`read/raw/mysql/${label}`, `mysql-source/stream/${label}`]),
  servers: ['mariadb', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress, wants }) {
    const rows: Row[] = [];
    for (const size of SIZES) {
      if ([`read/raw/mysql/${size.label}`, `mysql-source/stream/${size.label}`].some(wants))
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
  const best = { send: 0, read: 0, one: 0 };
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${label}: round ${round} of ${ROUNDS}`);
    best.send = Math.max(best.send, (await sendRaw(bytes, SEND_SECONDS)).messagesPerSecond);
    best.read = Math.max(best.read, await readRawMysql(addresses.mariadb, table, records));
    best.one = Math.max(best.one, await copyAll(addresses, table, records));
  }
  await dropMysql(addresses.mariadb, table);
  return [
    row(`read/raw/mysql/${label}`, best.read, 'records/s'),
    row(`mysql-source/stream/${label}/1task`, best.one, 'records/s', 1 / (1 / best.read + 1 / best.send)),
  ];
}

async function copyAll(addresses: StackAddresses, { database, start }: FilledTable, records: number): Promise<number> {
  await using runtime = new TestRuntime((await openTestStore(addresses)).store);
  const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  const name = uniqueName('bench');
  await admin.createTopic(name, { queues: QUEUES });
  const { mysqlUsername: username, mysqlPassword: password } = mysqlUser;
  const source = {
    address: addresses.mariadb,
    username,
    password,
    tables: [`${database}.t`],
    startAt: { gtids: start },
    snapshot: 'never',
  };
  const defaults = connectorSpec();
  const spec = connectorSpec({
    name,
    type: 'mysql-source',
    maxTasks: 1,
    system: mysqlSource.config.parse(source) as ConnectorSpec['system'],
    rocketmq: { ...defaults.rocketmq, endpoints: addresses.rocketmqNamesrv, topic: name, requestTimeoutMs: 20_000 },
    batch: { ...defaults.batch, maxDurationMs: 600_000, maxInFlightBytes: 16 * 1024 ** 2 },
  });
  await runtime.apply(spec);
  const began = performance.now();
  const { summary } = await runtime.run({ connector: name, task: 0 }, 600_000);
  const seconds = (performance.now() - began) / 1_000;
  if (summary?.records !== records)
    throw new Error(`${summary?.records} of ${records} rows were copied (${JSON.stringify(summary?.error)})`);
  await admin.deleteTopic(name);
  admin.close();
  return records / seconds;
}
