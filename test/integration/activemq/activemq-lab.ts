import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from 'rhea';
import { ActivemqBroker } from '../../../infra/local/activemq-broker.ts';
import {
  type ConnectError,
  type Lag,
  type PollLimit,
  type Position,
  type SourceRecord,
  silentLogger,
  type TaskConfig,
} from '../../../src/api/index.ts';
import type { ActivemqSourceConfig } from '../../../src/connectors/activemq/config/config.ts';
import { consumersOf } from '../../../src/connectors/activemq/config/consumers.ts';
import { activemqSource } from '../../../src/connectors/activemq/index.ts';
import { ActivemqSourceTask } from '../../../src/connectors/activemq/source.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { uniqueName } from '../../support/names.ts';

export type Options = { [K in keyof ActivemqSourceConfig]?: unknown };

export interface RunOptions {
  readonly positions?: ReadonlyMap<string, Position>;
  readonly limit?: PollLimit;
  /** Polls at most; what was read by then is still acknowledged, unless `acknowledge` says otherwise. */
  readonly polls?: number;
  /** Of the records of a poll, those that RocketMQ got. Default all. */
  readonly acknowledge?: (records: readonly SourceRecord[]) => readonly SourceRecord[] | Promise<readonly SourceRecord[]>;
  readonly signal?: AbortSignal;
}

/** What came of a run. */
export interface Run {
  readonly records: SourceRecord[];
  readonly polls: number;
  readonly stopped: ReadonlyMap<string, ConnectError>;
  readonly lag: Lag;
}

/** For a machine with other things to do. */
const PATIENCE = { connectTimeoutMs: 30_000 };
const NO_LIMIT: PollLimit = { maxRecords: 16_384, maxBytes: 8_000_000 };
/** What a broker says that is slow to say goodbye: it still has the client of the run before. */
const STILL_THERE = /has another client under the same client id/;

/** Queues on one broker of the stack, and runs of connector and task on them as the runtime makes them. `await using`. */
export class ActivemqLab {
  readonly url: string;
  readonly broker: ActivemqBroker;
  readonly clients = new WarmClients();

  private constructor(url: string, broker: ActivemqBroker) {
    this.url = url;
    this.broker = broker;
  }

  static async open(url: string): Promise<ActivemqLab> {
    return new ActivemqLab(url, await ActivemqBroker.open(url));
  }

  /** A new queue with these messages, or with as many whose bodies are `0`, `1`, ... */
  async queue(messages: number | readonly Message[] = 0): Promise<string> {
    const name = uniqueName('activemq');
    await this.broker.send({ name }, typeof messages === 'number' ? numbered(messages) : messages);
    return name;
  }

  config(options: Options): ActivemqSourceConfig {
    return activemqSource.config.parse({ url: this.url, ...PATIENCE, ...options });
  }

  async check(options: Options) {
    for (;;) {
      const found = await this.#connector(options).check();
      if (!found.some(({ message }) => STILL_THERE.test(message))) return found;
      await sleep(100);
    }
  }

  /** The task that a plan makes of it all. */
  async plan(options: Options, previous: readonly TaskConfig[] = []): Promise<TaskConfig[]> {
    return this.#connector(options).taskConfigs(1, previous, new Map());
  }

  #connector(options: Options) {
    const signal = new AbortController().signal;
    return activemqSource.create(this.config(options), { connector: 'lab', logger: silentLogger, clients: this.clients, signal });
  }

  task(options: Options, { positions = new Map(), signal = new AbortController().signal }: RunOptions = {}): ActivemqSourceTask {
    const config = this.config(options);
    const partitions = consumersOf(config).map(({ partition }) => partition);
    return new ActivemqSourceTask({
      connector: 'lab',
      task: 0,
      config,
      taskConfig: { partitions },
      logger: silentLogger,
      clients: this.clients,
      signal,
      positions,
      positionsOfAll: async () => ({ positions, quietAt: 0 }),
    });
  }

  /** One run, as the runtime makes it: a partition that stops is left, and with the last one the run fails. */
  async run(options: Options, run: RunOptions = {}): Promise<Run> {
    for (;;) {
      try {
        return await this.#runOnce(options, run);
      } catch (error) {
        if (!STILL_THERE.test((error as Error).message)) throw error;
        await sleep(100);
      }
    }
  }

  async #runOnce(options: Options, run: RunOptions): Promise<Run> {
    const task = this.task(options, run);
    const { acknowledge = (all) => all } = run;
    const records: SourceRecord[] = [];
    const stopped = new Map<string, ConnectError>();
    let polls = 0;
    try {
      await task.start();
      while (polls < (run.polls ?? Number.MAX_SAFE_INTEGER)) {
        const result = await task.poll(run.limit ?? NO_LIMIT);
        polls += 1;
        for (const [partition, error] of result.stopped ?? []) stopped.set(partition, error);
        for (const record of result.records) {
          if (stopped.has(record.partition)) continue;
          if (record.refused === undefined) records.push(record);
          else {
            stopped.set(record.partition, record.refused);
            task.leave(record.partition);
          }
        }
        const kept = result.records.filter((record) => records.includes(record));
        for (const { partition, position } of await acknowledge(kept)) task.acknowledged(partition, position);
        if (stopped.size === consumersOf(this.config(options)).length) throw [...stopped.values()][0];
        if (result.caughtUp) return { records, polls, stopped, lag: await task.lag() };
      }
      return { records, polls, stopped, lag: {} };
    } finally {
      await task.stop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clients.close();
    await this.broker.close();
  }
}

export const numbered = (count: number, from = 0): Message[] =>
  Array.from({ length: count }, (_, index) => ({ message_id: `m-${from + index}`, body: String(from + index) }));

export const texts = (records: readonly SourceRecord[]): string[] => records.map(({ value }) => String(value));
export const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => String(from + index));
export const headersOf = ({ headers }: SourceRecord): Record<string, string> =>
  Object.fromEntries(headers.map(({ name, value }) => [name, String(value)]));
