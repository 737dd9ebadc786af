import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { mysqlUser } from '../infra/local/servers/mysql-cnf.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import type { ConnectorSpec } from '../src/config/connector-spec.ts';
import { mysqlSource } from '../src/connectors/mysql/index.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { connectorSpec } from '../test/support/specs.ts';
import { type Pace, paceOf } from './pace.ts';
import type { KeyOf } from './send-raw.ts';

const QUEUES = 8;

/** Returns the key of a row that `fillMysql` makes. */
export const mysqlKey: KeyOf = (index) => Buffer.from(JSON.stringify({ id: 100_000 + index }));

/** A connector of one task without a time limit. `options` are those of its source, besides the connection. */
export function mysqlSpec(
  { mariadb, rocketmqNamesrv }: StackAddresses,
  name: string,
  options: Record<string, unknown>,
  batch: Partial<ConnectorSpec['batch']> = {},
): ConnectorSpec {
  const { mysqlUsername: username, mysqlPassword: password } = mysqlUser;
  const defaults = connectorSpec();
  return connectorSpec({
    name,
    type: 'mysql-source',
    maxTasks: 1,
    system: mysqlSource.config.parse({ address: mariadb, username, password, ...options }) as ConnectorSpec['system'],
    rocketmq: { ...defaults.rocketmq, endpoints: rocketmqNamesrv, topic: name, requestTimeoutMs: 20_000 },
    batch: { ...defaults.batch, maxDurationMs: 600_000, maxInFlightBytes: 16 * 1024 ** 2, ...batch },
  });
}

export interface MysqlCopy {
  readonly pace: Pace;
  /** The approximate size of a message's body, its key included. */
  readonly bytesPerRow: number;
}

/** Measures a whole task, from lease to release, that copies that many rows. */
export async function copyMysql(addresses: StackAddresses, options: Record<string, unknown>, records: number): Promise<MysqlCopy> {
  await using runtime = new TestRuntime((await openTestStore(addresses)).store);
  const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  const name = uniqueName('bench');
  await admin.createTopic(name, { queues: QUEUES });
  await runtime.apply(mysqlSpec(addresses, name, options));
  let bytes = 0;
  const pace = await paceOf(async () => {
    const { summary } = await runtime.run({ connector: name, task: 0 }, 600_000);
    if (summary?.error !== undefined) throw new Error(JSON.stringify(summary.error));
    bytes = summary?.bytes ?? 0;
    return summary?.records ?? 0;
  }, records);
  await admin.deleteTopic(name);
  admin.close();
  return { pace, bytesPerRow: Math.round(bytes / records) };
}
