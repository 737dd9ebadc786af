import { MysqlAdmin } from '../../../infra/local/mysql-admin.ts';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { mysqlUser } from '../../../infra/local/servers/mysql-cnf.ts';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { uniqueName } from '../../support/names.ts';
import { OwnServer } from '../../support/own-server.ts';
import { stackAddresses } from '../../support/stack.ts';
import type {
  ConfigOptions,
  LabMessage,
  LabSource,
  OwnLab,
  SourceHarness,
  SourceLab,
  WrongConfig,
  WrongConfigName,
} from './source-harness.ts';

const { mysqlUsername: username, mysqlPassword } = mysqlUser;
/** `CONTRACT_MYSQL=mysql56` asks the same of Oracle's server. */
const server = process.env.CONTRACT_MYSQL === 'mysql56' ? mysql56 : mariadb;
const executed = server === mysql56 ? '@@GLOBAL.gtid_executed' : '@@gtid_binlog_pos';
/** Of the statements that are sent at a time. */
const STATEMENTS_BYTES = 4 * 1024 * 1024;
const PATIENT = { connectTimeoutMs: 30_000, requestTimeoutMs: 60_000 };

/** Tables without keys: rows of each keep their order. All are in one partition, so that a row itself says which table it is of. */
export const mysqlHarness: SourceHarness = {
  type: 'mysql-source',
  killedOutsideStoreOnly: true,
  server: server.name,
  addressOption: 'source.address',
  dropsHeaders: true,
  sendsUnasked: true,
  onePartition: 'stream',
  ...(server === mysql56 && { warning: 'does not name columns' }),
  readMessage(body) {
    const { p, v } = JSON.parse(body.toString()) as { p: string; v: string | null };
    return { partition: p, value: Buffer.from(v ?? '', 'base64') };
  },
  async open() {
    const { mariadb: address, mysql56: oracle } = await stackAddresses();
    return new MysqlLab(server === mysql56 ? oracle : address);
  },
  async openOwn() {
    return new OwnMysqlLab(await OwnServer.start(server));
  },
};

class MysqlLab implements SourceLab {
  readonly address: string;
  /** Options that end the wait for a server that a test took away. */
  readonly patience: { readonly requestTimeoutMs?: number } = {};
  readonly admin: MysqlAdmin;
  readonly #created: string[] = [];
  readonly #users: string[] = [];

  constructor(address: string) {
    this.address = address;
    this.admin = new MysqlAdmin(address);
  }

  async createSource(partitions: number): Promise<LabSource> {
    const database = uniqueName('contract').replaceAll('-', '_');
    const tables = Array.from({ length: partitions }, (_, index) => `${database}.t${index}`);
    await this.admin.run(`CREATE DATABASE ${database}`);
    this.#created.push(database);
    for (const table of tables) await this.admin.run(`CREATE TABLE ${table} (p VARCHAR(100), k LONGBLOB, v LONGBLOB)`);
    const [start] = await this.admin.rows<{ gtids: string }>(`SELECT ${executed} AS gtids`);
    return new MysqlLabSource(this, database, tables, start?.gtids ?? '');
  }

  /** A user who may do what a connector does, with a password that nobody else has. */
  async createAccount(): Promise<{ user: string; password: string }> {
    const password = uniqueName('password');
    return { password, user: await this.createUser(password, 'SELECT, REPLICATION SLAVE, REPLICATION CLIENT') };
  }

  /** A user with these rights on everything, until the lab is closed. A name has 16 letters at most. */
  async createUser(password: string, rights: string): Promise<string> {
    const user = uniqueName('user').slice(-16);
    this.#users.push(user);
    await this.admin.run(`GRANT ${rights} ON *.* TO '${user}'@'127.0.0.1' IDENTIFIED BY '${password}'`);
    return user;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const user of this.#users) await this.admin.run(`DROP USER '${user}'@'127.0.0.1'`);
    for (const database of this.#created) await this.admin.run(`DROP DATABASE ${database}`).catch(() => {});
    await this.admin.close();
  }
}

class OwnMysqlLab extends MysqlLab implements OwnLab {
  override readonly patience = { requestTimeoutMs: 4_000 };
  readonly #server: OwnServer;

  constructor(server: OwnServer) {
    super(server.address('mysql'));
    this.#server = server;
  }

  addressBehind = () => this.address;
  kill = () => this.#server.signal('SIGKILL');
  restart = () => this.#server.restart(30_000);
  freeze = () => this.#server.signal('SIGSTOP');
  thaw = () => this.#server.signal('SIGCONT');

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

class MysqlLabSource implements LabSource {
  readonly partitions: readonly string[];
  readonly #lab: MysqlLab;
  readonly #database: string;
  readonly #start: string;
  #account: Promise<{ user: string; password: string }> | undefined;

  constructor(lab: MysqlLab, database: string, partitions: readonly string[], start: string) {
    this.#lab = lab;
    this.#database = database;
    this.partitions = partitions;
    this.#start = start;
  }

  config({ address = this.#lab.address, patient = address === this.#lab.address }: ConfigOptions = {}) {
    return {
      address,
      username,
      password: mysqlPassword,
      tables: [`${this.#database}.*`],
      startAt: { gtids: this.#start },
      snapshot: 'never',
      format: 'flat',
      ...(patient ? PATIENT : this.#lab.patience),
    };
  }

  async secured() {
    this.#account ??= this.#lab.createAccount();
    const { user, password } = await this.#account;
    const config = { ...this.config(), username: user, password: '${env:CONTRACT_MYSQL_PASSWORD}' };
    return { config, secrets: { CONTRACT_MYSQL_PASSWORD: password } };
  }

  async wrong(name: WrongConfigName): Promise<WrongConfig> {
    const config = this.config();
    switch (name) {
      case 'a wrong password':
        return { config: { ...config, password: 'not-the-password' }, option: 'source.password' };
      case 'a source that does not exist':
        return { config: { ...config, tables: [`${this.#database}.missing`] }, option: 'source.tables' };
      case 'a source that this user may not read':
        return { config: { ...config, username: await this.#lab.createUser(mysqlPassword, 'SELECT') }, option: 'source.username' };
      case 'a certificate that is not trusted':
        return { config: { ...config, tls: {} }, option: 'source.tls' };
    }
  }

  async fill(partition: string, messages: readonly LabMessage[]): Promise<void> {
    let statements: string[] = [];
    let bytes = 0;
    const flush = async () => {
      if (statements.length > 0) await this.#lab.admin.run(`START TRANSACTION; ${statements.join('; ')}; COMMIT; SET timestamp = DEFAULT`);
      statements = [];
      bytes = 0;
    };
    for (const { key, value, timestamp } of messages) {
      const statement = `SET timestamp = ${timestamp / 1000}; INSERT INTO ${partition} VALUES ('${partition}', ${literal(key)}, ${literal(value)})`;
      if (bytes + statement.length > STATEMENTS_BYTES) await flush();
      statements.push(statement);
      bytes += statement.length;
    }
    await flush();
  }

  /** The log has whole seconds. A table has no headers, and a row's columns are in its value. */
  expected({ key, value, timestamp }: LabMessage, partition: string) {
    const row = { p: partition, k: base64(key), v: base64(value), __op: 'c' };
    return { key: null, value: Buffer.from(JSON.stringify(row)), headers: [], timestamp: Math.floor(timestamp / 1000) * 1000 };
  }
}

const base64 = (bytes: Buffer | null): string | null => bytes?.toString('base64') ?? null;
const literal = (bytes: Buffer | null): string => (bytes === null ? 'NULL' : `x'${bytes.toString('hex')}'`);
