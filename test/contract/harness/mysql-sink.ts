import { MysqlAdmin } from '../../../infra/local/mysql-admin.ts';
import type { ConnectRecord } from '../../../src/api/index.ts';
import { createPositions } from '../../../src/connectors/mysql/sink/positions.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import type { SinkHarness, SinkTarget, SinkTargets } from './sink-harness.ts';
import type { WrongConfig, WrongConfigName } from './source-harness.ts';

const PATIENT = { connectTimeoutMs: 30_000, requestTimeoutMs: 60_000 };
const RIGHTS = 'SELECT, INSERT, UPDATE, DELETE';
/** More than the column of keys takes. */
const TOO_LONG = 2_000;

/** Rows of a table without a key: what is written twice is there twice. */
export const mysqlSinkHarness: SinkHarness = {
  type: 'mysql-sink',
  addressOption: 'sink.address',
  killedOutsideStoreOnly: true,
  exactlyOnce: true,
  dropsHeaders: true,
  asSent: ({ key, value }) => ({
    key: null,
    value: Buffer.from(JSON.stringify({ k: key?.toString('base64') ?? null, v: value?.toString('base64') ?? null })),
    headers: [],
  }),
  async open() {
    return MysqlTargets.open((await stackAddresses()).mariadb, PATIENT);
  },
  async openBehind() {
    const { mariadb } = await stackAddresses();
    return Object.assign(await MysqlTargets.open(mariadb, { requestTimeoutMs: 4_000 }), { addressBehind: () => mariadb });
  },
};

class MysqlTargets implements SinkTargets {
  readonly admin: MysqlAdmin;
  readonly database = uniqueName('contract').replaceAll('-', '_');
  readonly password = uniqueName('password');
  readonly user = uniqueName('user').slice(-16);
  readonly #users = new Set<string>();

  /** Time limits of those who reach the server. */
  readonly limits: Readonly<Record<string, number>>;

  private constructor(address: string, limits: Readonly<Record<string, number>>) {
    this.admin = new MysqlAdmin(address);
    this.limits = limits;
  }

  static async open(address: string, limits: Readonly<Record<string, number>>): Promise<MysqlTargets> {
    const targets = new MysqlTargets(address, limits);
    const { admin, database, user } = targets;
    await admin.run(`CREATE DATABASE ${database}; ${createPositions({ database, table: 'rocketmq_connect_positions' })}`);
    await targets.grant(user, `${RIGHTS} ON ${database}.*`);
    return targets;
  }

  /** A user with these rights, until the lab is closed. */
  async grant(user: string, rights: string): Promise<void> {
    this.#users.add(user);
    await this.admin.run(`GRANT ${rights} TO '${user}'@'127.0.0.1' IDENTIFIED BY '${this.password}'`);
  }

  async create(): Promise<SinkTarget> {
    const table = uniqueName('t').replaceAll('-', '_');
    await this.admin.run(
      `CREATE TABLE ${this.database}.${table} (n BIGINT AUTO_INCREMENT UNIQUE, k VARBINARY(1000), v LONGBLOB) ENGINE = InnoDB`,
    );
    return new MysqlTarget(this, table);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const user of this.#users) await this.admin.run(`DROP USER '${user}'@'127.0.0.1'`);
    await this.admin.run(`DROP DATABASE ${this.database}`);
    await this.admin.close();
  }
}

class MysqlTarget implements SinkTarget {
  readonly #targets: MysqlTargets;
  readonly #table: string;

  constructor(targets: MysqlTargets, table: string) {
    this.#targets = targets;
    this.#table = table;
  }

  config({ address }: { readonly address?: string } = {}) {
    const { admin, database, user, password, limits } = this.#targets;
    const table = `${database}.${this.#table}`;
    // An address where nobody answers is not worth a long wait.
    const isPatient = address === undefined || limits !== PATIENT;
    return { address: address ?? admin.address, username: user, password, table, mode: 'insert', ...(isPatient && limits) };
  }

  async secured() {
    const config = { ...this.config(), password: '${env:CONTRACT_MYSQL_SINK_PASSWORD}' };
    return { config, secrets: { CONTRACT_MYSQL_SINK_PASSWORD: this.#targets.password } };
  }

  async wrong(name: WrongConfigName): Promise<WrongConfig> {
    const config = this.config();
    const { database } = this.#targets;
    switch (name) {
      case 'a wrong password':
        return { config: { ...config, password: 'not-the-password' }, option: 'sink.password' };
      case 'a source that does not exist':
        return { config: { ...config, table: `${database}.missing` }, option: 'sink.table' };
      case 'a source that this user may not read': {
        const username = uniqueName('user').slice(-16);
        await this.#targets.grant(username, `SELECT ON ${database}.*`);
        await this.#targets.grant(username, `${RIGHTS} ON ${database}.rocketmq_connect_positions`);
        return { config: { ...config, username }, option: 'sink.username' };
      }
      case 'a certificate that is not trusted':
        return { config: { ...config, tls: {} }, option: 'sink.tls' };
    }
  }

  /** The server counts the rows of one queue in the order in which they come. */
  async read(): Promise<readonly ConnectRecord[]> {
    const rows = await this.#targets.admin.rows<{ k: Buffer | null; v: Buffer | null }>(
      `SELECT k, v FROM ${this.#targets.database}.${this.#table} ORDER BY n`,
    );
    return rows.map(({ k, v }) => ({ key: k, value: v, headers: [] }));
  }

  expected = ({ key, value }: ConnectRecord): ConnectRecord => ({ key, value, headers: [] });

  refused = (): ConnectRecord => ({ key: Buffer.alloc(TOO_LONG), value: null, headers: [] });
}
