import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { KafkaTopics } from '../../../infra/local/kafka-topics.ts';
import { RocketmqAdmin, type TopicOptions } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { createClient } from '../../../src/store/dynamodb/client.ts';
import { feed } from '../../support/feed.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

/** `npm test` bundles it, laid out as the npm package is. */
const COMMAND = process.env.TEST_COMMAND ?? path.resolve(import.meta.dirname, '../../../bin/rocketmq-connect.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The program that runs the command. By default it is the one that runs the test. */
  readonly node?: string;
  /** The default is this version's. */
  readonly command?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The text for standard input, which is otherwise empty. */
  readonly input?: string;
  /** Runs while the command runs, and may send it signals. `said` returns its standard error so far. */
  readonly during?: (signal: (name: NodeJS.Signals) => void, said: () => string) => Promise<void>;
}

/** Gives the tests of the command line a table, topics and files of their own, and runs the command as users call it. */
export class Workbench {
  readonly addresses: StackAddresses;
  readonly folder: string;
  readonly kafka: KafkaTopics;
  readonly rocketmq: RocketmqAdmin;
  readonly table = uniqueName('cli');
  readonly #kafkaTopics: string[] = [];
  readonly #rocketmqTopics: string[] = [];

  private constructor(addresses: StackAddresses, folder: string, rocketmq: RocketmqAdmin) {
    this.addresses = addresses;
    this.folder = folder;
    this.rocketmq = rocketmq;
    this.kafka = new KafkaTopics(addresses.kafka);
  }

  static async open(): Promise<Workbench> {
    const addresses = await stackAddresses();
    const folder = await mkdtemp(path.join(tmpdir(), 'rocketmq-connect-'));
    return new Workbench(addresses, folder, await RocketmqAdmin.open(addresses.rocketmqNamesrv));
  }

  async kafkaTopic(partitions: number, configs: Parameters<KafkaTopics['create']>[2] = []): Promise<string> {
    const topic = uniqueName('cli');
    await this.kafka.create(topic, partitions, configs);
    this.#kafkaTopics.push(topic);
    return topic;
  }

  async rocketmqTopic(options: TopicOptions = {}): Promise<string> {
    const topic = uniqueName('cli');
    await this.rocketmq.createTopic(topic, options);
    this.#rocketmqTopics.push(topic);
    return topic;
  }

  /** Writes values `0`, `1`, ... spread over the topic's partitions. */
  async produce(topic: string, count: number, partitions: number): Promise<void> {
    const messages = Array.from({ length: count }, (_, index) => ({
      partition: index % partitions,
      key: null,
      value: Buffer.from(`${index}`),
    }));
    await this.kafka.produce(topic, messages);
  }

  /** Returns how many messages a RocketMQ topic holds. */
  async arrived(topic: string): Promise<number> {
    return (await this.rocketmq.readTopic(topic)).flat().length;
  }

  /** Writes a file into the test's folder and returns its path. */
  async file(name: string, content: string): Promise<string> {
    const file = path.join(this.folder, name);
    await writeFile(file, content);
    return file;
  }

  /**
   * Returns a valid connector file. It does not repeat a request to RocketMQ that is only late on a busy machine, because these tests do
   * not look for repeats.
   */
  connectorFile(options: { readonly name: string; readonly from: string; readonly to: string; readonly maxTasks?: number }): string {
    return `name: ${options.name}
type: kafka-source
maxTasks: ${options.maxTasks ?? 2}
source:
  bootstrapServers: ${this.addresses.kafka}
  topics: [${options.from}]
rocketmq:
  endpoints: ${this.addresses.rocketmqNamesrv}
  topic: ${options.to}
  requestTimeoutMs: 20000
`;
  }

  /** Runs the command to its end. It sees all that was sent before. */
  async run(
    args: readonly string[],
    { node = process.execPath, command = COMMAND, env = {}, input = '', during }: RunOptions = {},
  ): Promise<Finished> {
    await this.rocketmq.dispatched();
    const child = spawn(node, [command, ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, AWS_ENDPOINT_URL_DYNAMODB: this.addresses.dynamodb, ROCKETMQ_CONNECT_TABLE: this.table, ...env },
      stdio: 'pipe',
    });
    feed(child, input);
    const ended = once(child, 'close');
    const stdout = text(child.stdout);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    await during?.(
      (signal) => child.kill(signal),
      () => stderr,
    );
    const [code] = await ended;
    return { code, stdout: await stdout, stderr };
  }

  async close(): Promise<void> {
    const client = createClient(this.addresses.dynamodb);
    await client.send(new DeleteTableCommand({ TableName: this.table })).catch(() => undefined);
    client.destroy();
    await Promise.all([
      ...this.#kafkaTopics.map((topic) => this.kafka.delete(topic)),
      ...this.#rocketmqTopics.map((topic) => this.rocketmq.deleteTopic(topic)),
      rm(this.folder, { recursive: true }),
    ]);
    this.rocketmq.close();
    await this.kafka.close();
  }
}
