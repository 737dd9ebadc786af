import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, connect, type Options } from 'amqplib';
import { type QueueKind, type RabbitmqMessage, RabbitmqQueues, rabbitmqOptions } from '../../../infra/local/rabbitmq-queues.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import {
  type ConnectError,
  type Finding,
  type Logger,
  type PollLimit,
  type Position,
  type SourceRecord,
  silentLogger,
} from '../../../src/api/index.ts';
import { type RabbitmqSourceConfig, rabbitmqSourceConfig } from '../../../src/connectors/rabbitmq/config/config.ts';
import { plannedPartitions } from '../../../src/connectors/rabbitmq/config/partitions.ts';
import { rabbitmqSource } from '../../../src/connectors/rabbitmq/index.ts';
import { RabbitmqSourceTask } from '../../../src/connectors/rabbitmq/source.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

const SETTLE_LIMIT_MS = 60_000;
/** For a machine with other things to do. */
const PATIENCE = { connectTimeoutMs: 30_000, heartbeatMs: 60_000 };

export const NO_LIMIT: PollLimit = { maxRecords: 16_384, maxBytes: 10_000_000 };

export interface RunOptions {
  readonly limit?: PollLimit;
  /** By partition; moves on as records are acknowledged. */
  readonly positions?: Map<string, Position>;
  readonly logger?: Logger;
  readonly signal?: AbortSignal;
}

/** Queues of one test file, and tasks that read them without a RocketMQ. */
export class RabbitmqLab implements AsyncDisposable {
  readonly addresses: StackAddresses;
  readonly queues: RabbitmqQueues;
  readonly clients = new WarmClients();
  readonly #created: string[] = [];

  private constructor(addresses: StackAddresses, queues: RabbitmqQueues) {
    this.addresses = addresses;
    this.queues = queues;
  }

  static async open(): Promise<RabbitmqLab> {
    const addresses = await stackAddresses();
    return new RabbitmqLab(addresses, await RabbitmqQueues.open(addresses.rabbitmq));
  }

  async create(kind: QueueKind = 'classic', args: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const queue = uniqueName(kind);
    await this.queues.create(queue, kind, args);
    this.#created.push(queue);
    return queue;
  }

  /** A new queue with messages `0`, `1`, ... as bodies and ids. */
  async filled(count: number, kind: QueueKind = 'classic', args: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const queue = await this.create(kind, args);
    await this.queues.publish(queue, numbered(count));
    return queue;
  }

  config(options: object): RabbitmqSourceConfig {
    return rabbitmqSourceConfig.parse({ ...rabbitmqOptions(this.addresses.rabbitmq), ...PATIENCE, readBy: 'consumer', ...options });
  }

  /** A task for all partitions of the configuration, or these. */
  task(
    options: object,
    { positions = new Map(), logger = silentLogger, signal }: RunOptions = {},
    partitions?: readonly string[],
  ): RabbitmqSourceTask {
    const config = this.config(options);
    return new RabbitmqSourceTask({
      connector: 'lab',
      task: 0,
      config,
      taskConfig: { partitions: partitions ?? [...plannedPartitions(config).keys()] },
      logger,
      clients: this.clients,
      signal: signal ?? new AbortController().signal,
      positions,
      positionsOfAll: async () => ({ positions, quietAt: 0 }),
    });
  }

  /** Messages that are ready, once they are `expected`: a queue takes back what a channel held soon after that is closed. */
  async settledReady(queue: string, expected: number): Promise<number> {
    const until = Date.now() + SETTLE_LIMIT_MS;
    let ready = await this.queues.ready(queue);
    for (; ready !== expected && Date.now() < until; ready = await this.queues.ready(queue)) await sleep(20);
    return ready;
  }

  /** Reads until caught up, acknowledging all. Throws the first reason where no partition can be read on. */
  async readAll(options: object, run: RunOptions = {}): Promise<SourceRecord[]> {
    const task = this.task(options, run);
    const records: SourceRecord[] = [];
    const stopped = new Map<string, ConnectError>();
    try {
      await task.start();
      for (let caughtUp = false; !caughtUp; ) {
        const result = await task.poll(run.limit ?? NO_LIMIT);
        caughtUp = result.caughtUp;
        for (const [partition, reason] of result.stopped ?? []) stopped.set(partition, reason);
        records.push(...result.records);
        for (const [partition, position] of result.positions ?? []) run.positions?.set(partition, position);
        for (const { partition, position } of result.records) {
          task.acknowledged(partition, position);
          run.positions?.set(partition, position);
        }
      }
      const [reason] = stopped.values();
      if (reason !== undefined && stopped.size === plannedPartitions(this.config(options)).size) throw reason;
      return records;
    } finally {
      await task.stop();
    }
  }

  check(options: object): Promise<Finding[]> {
    const { clients } = this;
    return rabbitmqSource
      .create(this.config(options), { connector: 'lab', logger: silentLogger, clients, signal: new AbortController().signal })
      .check();
  }

  /** A queue that the server deletes with its last consumer, though it is durable; with messages `0`, `1`, ... */
  async autoDelete(count: number): Promise<string> {
    const queue = uniqueName('auto-delete');
    const connection = await connect(this.addresses.rabbitmq);
    await (await connection.createChannel()).assertQueue(queue, { durable: true, autoDelete: true });
    await connection.close();
    this.#created.push(queue);
    await this.queues.publish(queue, numbered(count));
    return queue;
  }

  /** Another client's consumer, which takes one message and keeps it. */
  async consume(queue: string, options: Options.Consume = {}): Promise<ChannelModel> {
    const connection = await connect(this.addresses.rabbitmq);
    const channel = await connection.createChannel();
    await channel.prefetch(1);
    await channel.consume(queue, () => {}, options);
    return connection;
  }

  /** A queue of another connection's own. */
  async exclusiveQueue(): Promise<{ readonly queue: string; close(): Promise<void> }> {
    const connection = await connect(this.addresses.rabbitmq);
    const { queue } = await (await connection.createChannel()).assertQueue('', { exclusive: true });
    return { queue, close: () => connection.close() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clients.close();
    await Promise.all(this.#created.map((queue) => this.queues.delete(queue)));
    await this.queues.close();
  }
}

export const numbered = (count: number, from = 0): RabbitmqMessage[] =>
  Array.from({ length: count }, (_, index) => ({ body: Buffer.from(`${from + index}`), options: { messageId: `${from + index}` } }));

export const bodies = (records: readonly SourceRecord[]): number[] => records.map(({ value }) => Number(value?.toString()));

export const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);
