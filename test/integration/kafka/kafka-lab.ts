import { pbkdf2Sync } from 'node:crypto';
import { open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  Admin,
  alterUserScramCredentialsV0,
  ConfigResourceTypes,
  Connection,
  IncrementalAlterConfigOperationTypes,
  Producer,
} from '@platformatic/kafka';
import { KafkaTopics, PATIENT } from '../../../infra/local/kafka-topics.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import {
  type ConnectError,
  type ConnectorContext,
  type PollLimit,
  type Position,
  type SourceRecord,
  silentLogger,
  type TaskConfig,
} from '../../../src/api/index.ts';
import type { KafkaSourceConfig } from '../../../src/connectors/kafka/config/config.ts';
import { kafkaSource } from '../../../src/connectors/kafka/index.ts';
import { KafkaSourceTask } from '../../../src/connectors/kafka/source.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

export type Options = { [K in keyof KafkaSourceConfig]?: unknown };

export interface Run {
  readonly records: SourceRecord[];
  readonly positions: Map<string, Position>;
  readonly polls: number;
  readonly caughtUp: boolean;
  readonly lag: number | undefined;
  readonly stopped: ReadonlyMap<string, ConnectError>;
  readonly notices: readonly string[];
}

export interface RunOptions {
  readonly positions?: ReadonlyMap<string, Position>;
  readonly taskConfig?: TaskConfig;
  readonly limit?: PollLimit;
  /** Polls at most. */
  readonly polls?: number;
  readonly signal?: AbortSignal;
  /** Called with each poll's records, while the run goes on. */
  readonly onPoll?: (records: readonly SourceRecord[]) => Promise<void> | void;
}

/** What is open for longer is aborted by the broker. The client's own default is 5 s. */
const TRANSACTION_MS = 300_000;
/** On a busy machine a broker may take long to take a connection. */
const CONNECT_MS = 30_000;
const NO_LIMIT: PollLimit = { maxRecords: 16_384, maxBytes: 8_000_000 };

/** Topics on the stack's Kafka, and runs of connector and task on them as the runtime makes them. `await using`. */
export class KafkaLab {
  readonly addresses: StackAddresses;
  readonly topics: KafkaTopics;
  readonly admin: Admin;
  readonly clients = new WarmClients();
  readonly #created: string[] = [];
  readonly #producers: Producer[] = [];

  constructor(addresses: StackAddresses) {
    this.addresses = addresses;
    this.topics = new KafkaTopics(addresses.kafka);
    this.admin = new Admin({ clientId: 'lab', bootstrapBrokers: addresses.kafka.split(','), ...PATIENT });
  }

  static async open(): Promise<KafkaLab> {
    return new KafkaLab(await stackAddresses());
  }

  /** A new topic with values `0`, `1`, ... dealt to its partitions in turn. */
  async topic(partitions = 1, values = 0, configs: ReadonlyArray<{ name: string; value: string }> = []): Promise<string> {
    const name = uniqueName('kafka-source');
    await this.topics.create(name, partitions, configs);
    this.#created.push(name);
    await this.produce(name, values, partitions);
    return name;
  }

  async produce(topic: string, values: number, partitions = 1, from = 0): Promise<void> {
    const messages = Array.from({ length: values }, (_, index) => ({
      partition: (from + index) % partitions,
      key: null,
      value: Buffer.from(String(from + index)),
    }));
    await this.topics.produce(topic, messages);
  }

  /** Writes values to partition 0 in one transaction and leaves it open. Its end returns when the partition shows it. */
  async transaction(topic: string, values: readonly string[]) {
    const producer = new Producer({
      clientId: 'lab',
      bootstrapBrokers: this.addresses.kafka.split(','),
      ...PATIENT,
      // Also how long a transaction may be open.
      timeout: TRANSACTION_MS,
      idempotent: true,
      transactionalId: uniqueName('tx'),
    });
    this.#producers.push(producer);
    const transaction = await producer.beginTransaction();
    await transaction.send({ messages: values.map((value) => ({ topic, partition: 0, value: Buffer.from(value) })), acks: -1 });
    const ended = (end: () => Promise<unknown>) => async () => {
      const before = await this.topics.endOffsets(topic);
      await end();
      // Kafka answers before it has written the marker, and until then the partition ends before the transaction.
      while (isDeepStrictEqual(await this.topics.endOffsets(topic), before)) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    return { commit: ended(() => transaction.commit()), abort: ended(() => transaction.abort()) };
  }

  /** Removes what lies before `offset`. */
  async deleteBefore(topic: string, partition: number, offset: number): Promise<void> {
    await this.admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: BigInt(offset) }] }] });
  }

  /** Changes one byte of a text that is stored in a partition, in the broker's own file. Again: undoes it. */
  async damage(topic: string, partition: number, text: string): Promise<void> {
    await this.#rewrite(topic, partition, (log) => {
      const at = log.indexOf(text.slice(1)) - 1;
      if (at < 0) return undefined;
      log.writeUInt8(log.readUInt8(at) ^ 1, at);
      return at;
    });
  }

  /** Lets the header of a batch say another first offset than it has, which no checksum covers. */
  async misplace(topic: string, partition: number, offset: number, says: number): Promise<void> {
    await this.#rewrite(topic, partition, (log) => {
      for (let at = 0; at + 12 < log.length; at += 12 + log.readInt32BE(at + 8)) {
        if (log.readBigInt64BE(at) !== BigInt(offset)) continue;
        log.writeBigInt64BE(BigInt(says), at);
        return at;
      }
      return undefined;
    });
  }

  /** `change` changes up to eight bytes, and returns where; undefined where they are not in this file. */
  async #rewrite(topic: string, partition: number, change: (log: Buffer) => number | undefined): Promise<void> {
    const topics = [{ name: topic, partitions: [partition] }];
    const [broker] = await this.admin.describeLogDirs({ topics });
    const folder = path.join(broker?.results[0]?.logDir as string, `${topic}-${partition}`);
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.log'))) {
      const log = await readFile(path.join(folder, name));
      const at = change(log);
      if (at === undefined) continue;
      const file = await open(path.join(folder, name), 'r+');
      await file.write(log, at, Math.min(8, log.length - at), at);
      await file.close();
      return;
    }
    throw new Error(`it is not in ${folder}`);
  }

  /** Adds a user who may read everything. */
  async addScramUser(mechanism: string, { username, password }: { readonly username: string; readonly password: string }): Promise<void> {
    const hash = mechanism.endsWith('512') ? 'sha512' : 'sha256';
    const [salt, iterations] = [Buffer.from('salt'), 4_096];
    const saltedPassword = pbkdf2Sync(password, salt, iterations, hash === 'sha512' ? 64 : 32, hash);
    const user = { name: username, mechanism: hash === 'sha512' ? 2 : 1, iterations, salt, saltedPassword };
    const [host = '', port] = this.addresses.kafka.split(':');
    const connection = new Connection('lab');
    await connection.connect(host, Number(port));
    await alterUserScramCredentialsV0.api.async(connection, [], [user]);
    await connection.close();
  }

  /** Changes a setting of all brokers; `undefined` takes the change back. */
  async brokerSetting(name: string, value: string | undefined): Promise<void> {
    const { SET, DELETE } = IncrementalAlterConfigOperationTypes;
    const change = value === undefined ? { name, configOperation: DELETE } : { name, configOperation: SET, value };
    const { brokers } = await this.admin.metadata({ topics: [] });
    const resources = [...brokers.keys()].map((node) => ({
      resourceType: ConfigResourceTypes.BROKER,
      resourceName: String(node),
      configs: [change],
    }));
    await this.admin.incrementalAlterConfigs({ resources });
  }

  config(options: Options): KafkaSourceConfig {
    return kafkaSource.config.parse({ bootstrapServers: this.addresses.kafka, connectTimeoutMs: CONNECT_MS, ...options });
  }

  connector(options: Options, rest: Partial<ConnectorContext> = {}) {
    const context = { connector: 'lab', logger: silentLogger, clients: this.clients, signal: new AbortController().signal, ...rest };
    return kafkaSource.create(this.config(options), context);
  }

  async plan(options: Options, maxTasks = 1, previous: readonly TaskConfig[] = []): Promise<TaskConfig[]> {
    return this.connector(options).taskConfigs(maxTasks, previous, new Map());
  }

  async task(options: Options, run: RunOptions = {}): Promise<KafkaSourceTask> {
    return new KafkaSourceTask({
      connector: 'lab',
      task: 0,
      config: this.config(options),
      taskConfig: run.taskConfig ?? ((await this.plan(options))[0] as TaskConfig),
      logger: silentLogger,
      clients: this.clients,
      signal: run.signal ?? new AbortController().signal,
      positions: run.positions ?? new Map(),
      positionsOfAll: async () => ({ positions: new Map(), quietAt: 0 }),
    });
  }

  /** One run as the runtime makes it; `positions` is what it would store, everything being acknowledged. */
  async run(options: Options, run: RunOptions = {}): Promise<Run> {
    const task = await this.task(options, run);
    const records: SourceRecord[] = [];
    const positions = new Map(run.positions);
    const stopped = new Map<string, ConnectError>();
    const notices: string[] = [];
    let polls = 0;
    let caughtUp = false;
    try {
      await task.start();
      while (!caughtUp && polls < (run.polls ?? Number.MAX_SAFE_INTEGER)) {
        const result = await task.poll(run.limit ?? NO_LIMIT);
        polls += 1;
        for (const { partition, position } of result.records) positions.set(partition, position);
        for (const [partition, position] of result.positions ?? []) positions.set(partition, position);
        for (const [partition, error] of result.stopped ?? []) stopped.set(partition, error);
        notices.push(...(result.notices ?? []));
        records.push(...result.records);
        caughtUp = result.caughtUp;
        await run.onPoll?.(result.records);
      }
      return { records, positions, polls, caughtUp, lag: (await task.lag()).records, stopped, notices };
    } finally {
      await task.stop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#producers.map((producer) => producer.close()));
    for (const topic of this.#created) await this.topics.delete(topic).catch(() => {});
    await Promise.all([this.topics.close(), this.admin.close(), this.clients.close()]);
  }
}

export const texts = (records: readonly SourceRecord[]): string[] => records.map(({ value }) => String(value));
export const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => String(from + index));
