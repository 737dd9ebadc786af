import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConnectError,
  type Lag,
  type PollLimit,
  type PollResult,
  type Position,
  type SourceTask,
  type SourceTaskContext,
  takeFairly,
  throwIfAborted,
  untilAborted,
  untoldPositions,
} from '../../api/index.ts';
import type { RabbitmqSourceConfig } from './config.ts';
import type { RabbitmqConnection } from './connection.ts';
import { ConnectionPool, connectionKey } from './connection-pool.ts';
import { Gathering } from './gathering.ts';
import { openReaders } from './open-readers.ts';
import { plannedPartitions } from './partition-name.ts';
import { countQueue } from './queue-counts.ts';
import type { Reader } from './reader.ts';

/** A connection that does not answer in time to end in order ends without: the server gives back the same messages. */
const CLOSE_MS = 1_500;
/** How often it is looked whether an answer can still come. */
const LOOK_MS = 10;

interface Run {
  readonly pool: ConnectionPool;
  readonly connection: RabbitmqConnection;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly forget: () => void;
}

/** Copies queues, which forget what RocketMQ has, and streams, from their offsets, to the ends they have when the run begins. */
export class RabbitmqSourceTask implements SourceTask {
  readonly #context: SourceTaskContext<RabbitmqSourceConfig>;
  readonly #gathering: Gathering;
  #run: Run | undefined;
  #polls = 0;

  constructor(context: SourceTaskContext<RabbitmqSourceConfig>) {
    this.#context = context;
    this.#gathering = new Gathering(context.signal);
  }

  async start(): Promise<void> {
    const { config, clients, signal } = this.#context;
    const pool = await clients.get(
      connectionKey(config),
      async () => new ConnectionPool(config),
      (opened) => opened.close(),
    );
    const connection = await pool.lend(signal);
    const forget = connection.onLoss(() => this.#gathering.wake());
    this.#run = { pool, connection, readers: new Map(), forget };
    const readers = await untilAborted(
      openReaders(this.#context, connection, () => this.#gathering.wake()),
      signal,
    );
    this.#run = { pool, connection, readers: new Map(readers.map((reader) => [reader.name, reader])), forget };
    await untilAborted(Promise.all(readers.map((reader) => reader.open())), signal);
    // Nothing is waited for from here on that may come behind messages: these are read only as far as polls take them.
    for (const reader of readers) reader.begin();
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    const { readers: byName } = this.#running;
    const readers = [...byName.values()];
    this.#polls += 1;
    for (;;) {
      throwIfAborted(this.#context.signal);
      this.#throwFailure();
      for (const reader of readers) reader.adapt(limit);
      await this.#gathering.wait(readers, limit, (reader) => reader.starve(() => this.#ready(reader)));
      this.#throwFailure();
      const records = takeFairly(readers, limit, this.#polls);
      const positions = untoldPositions(readers);
      const caughtUp = readers.every(({ finished }) => finished);
      if (records.length > 0 || positions.size > 0 || caughtUp) return { records, positions, caughtUp };
    }
  }

  acknowledged(partition: string, position: Position): void {
    this.#run?.readers.get(partition)?.acknowledge(position);
  }

  /** Messages that wait, for the first of the consumers that share a queue: the others see the same ones. */
  async lag(): Promise<Lag> {
    const { readers } = this.#running;
    const { config, signal } = this.#context;
    if (signal.aborted) return {};
    const planned = plannedPartitions(config);
    const counted = await untilAborted(
      Promise.all(
        [...readers.values()].map(async (reader) => {
          const { kind, consumer } = planned.get(reader.name) ?? { kind: 'stream', consumer: 0 };
          if (kind === 'stream') return reader.lag(undefined);
          return reader.lag(consumer === 0 ? await this.#readySoon(reader) : 0);
        }),
      ),
      signal,
    );
    return { records: counted.reduce((sum, count) => sum + count, 0) };
  }

  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    const { pool, connection, readers, forget } = run;
    forget();
    connection.intake.resume();
    // All of them, also where one fails: what the others hold must go back before the next run begins.
    const close = () => Promise.allSettled([...readers.values()].map((reader) => reader.close()));
    // What went wrong with the connection was told by a poll, or concerns nobody any more.
    await connection.answered(close, CLOSE_MS).catch(() => {});
    pool.giveBack(connection);
  }

  /** Undefined where the answer does not come: it may be behind messages that nobody takes any more. */
  async #readySoon(reader: Reader): Promise<number | undefined> {
    const { intake } = this.#running.connection;
    if (intake.paused) return undefined;
    const ended = new AbortController();
    const paused = async () => {
      while (!intake.paused) await sleep(LOOK_MS, undefined, ended);
      return undefined;
    };
    const counting = this.#ready(reader);
    counting.catch(() => {});
    try {
      return await Promise.race([counting, paused()]);
    } finally {
      ended.abort();
    }
  }

  async #ready({ queue }: Reader): Promise<number> {
    return (await countQueue(this.#running.connection, queue)).messageCount;
  }

  #throwFailure(): void {
    const { connection, readers } = this.#running;
    const failed = [...readers.values()].find(({ failure }) => failure !== undefined);
    const failure = failed?.failure ?? connection.failure;
    if (failure !== undefined) throw failure;
  }

  get #running(): Run {
    if (this.#run === undefined) throw new ConnectError('INTERNAL', 'the RabbitMQ source was used before its start');
    return this.#run;
  }
}
