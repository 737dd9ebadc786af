import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { installOnce, programFolder } from '../../../../infra/local/install/installer.ts';
import { javaTool } from '../../../../infra/local/install/java.ts';
import { mavenJars } from '../../../../infra/local/install/maven.ts';
import { libDir } from '../../../../infra/local/install/settings.ts';
import { mysqlUser } from '../../../../infra/local/servers/mysql-cnf.ts';

const installer = mavenJars(new URL('pom.xml', import.meta.url));
const program = fileURLToPath(new URL('engine.java', import.meta.url));
const jvm = ['-Xms32m', '-Xmx128m', '-Dfile.encoding=UTF-8', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const PATIENCE_MS = 200_000;

export interface EngineOptions {
  /** `host:port` of a MariaDB server. */
  readonly address: string;
  readonly database: string;
  /** Of the connector. */
  readonly name: string;
  /** Properties of Debezium's connector beside those that say where it reads. */
  readonly properties: Readonly<Record<string, string>>;
}

/** Debezium in a process of its own, which reads a database's rows and then its changes. `await using`. */
export class DebeziumEngine implements AsyncDisposable {
  /** Its messages so far, each a line of JSON with `topic`, `key`, `value` and `headers`. */
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  #errors = '';

  private constructor(jars: string, properties: Readonly<Record<string, string>>) {
    const text = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
    this.#process = spawn(javaTool('java'), [...jvm, '-cp', join(jars, '*'), program, text.join('')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (this.#process.stdout) createInterface(this.#process.stdout).on('line', (line) => this.lines.push(line));
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
  }

  /** Downloads Debezium the first time. */
  static async start({ address, database, name, properties }: EngineOptions): Promise<DebeziumEngine> {
    const jars = await programFolder(installer, 'debezium', libDir());
    await installOnce(installer, jars, 'debezium');
    const [host = '', port = ''] = address.split(':');
    return new DebeziumEngine(jars, {
      name,
      'topic.prefix': name,
      'connector.class': 'io.debezium.connector.mariadb.MariaDbConnector',
      'database.hostname': host,
      'database.port': port,
      'database.user': mysqlUser.mysqlUsername,
      'database.password': mysqlUser.mysqlPassword,
      'database.server.id': String(1_000_000 + Math.floor(Math.random() * 1_000_000)),
      'database.include.list': database,
      'database.ssl.mode': 'disabled',
      'schema.history.internal': 'io.debezium.relational.history.MemorySchemaHistory',
      // Other tests' tables have types that it does not know.
      'schema.history.internal.skip.unparseable.ddl': 'true',
      'offset.storage': 'org.apache.kafka.connect.storage.MemoryOffsetBackingStore',
      'offset.flush.interval.ms': '60000',
      // The tests' user may not lock.
      'snapshot.locking.mode': 'none',
      'converter.schemas.enable': 'false',
      ...properties,
    });
  }

  /** Resolves when a line matches. */
  async line(match: RegExp): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; !this.lines.some((line) => match.test(line)); ) {
      if (Date.now() > deadline || this.#process.exitCode !== null)
        throw new Error(`no message ${match} from Debezium: ${this.#errors.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
  }
}
