import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConnectError,
  type Lag,
  type PollLimit,
  type PollResult,
  type Position,
  type SourceTask,
  type SourceTaskContext,
  toConnectError,
} from '../../api/index.ts';
import { takeFairly, throwIfAborted, untilAborted, untoldPositions } from '../../kit/index.ts';
import type { RabbitmqSourceConfig } from './config/config.ts';
import { openReaders, partitionsOf } from './open-readers.ts';
import type { RabbitmqConnection } from './protocol/connection.ts';
import { ConnectionPool, connectionKey } from './protocol/connection-pool.ts';
import { countQueue } from './protocol/queue-counts.ts';
import { Gathering } from './read/gathering.ts';
import type { Reader } from './read/reader.ts';

/** Of the time to stop. A connection that does not answer in it ends without an answer: the server gives out the same messages again. */
const CLOSE_SHARE = 0.75;
const STOP_MS = 2_000;
/** How often it is looked whether an answer can still come. */
const LOOK_MS = 10;
/** A connection has 2,047 channels, and each queue one. */
const QUEUES_PER_CONNECTION = 1_000;

interface Run {
  readonly pool: ConnectionPool;
  /** Of the queues. Streams have one each. */
  readonly connections: readonly RabbitmqConnection[];
  readonly readers: Map<string, Reader>;
  readonly forget: () => void;
}

/** Copies queues, which forget what RocketMQ has, and streams, from their offsets, to the ends they have when the run begins. */
export class RabbitmqSourceTask implements SourceTask {
  readonly #context: SourceTaskContext<RabbitmqSourceConfig>;
  readonly #gathering: Gathering;
  /** Not yet told. */
  #stopped = new Map<string, ConnectError>();
  #notices: readonly string[] = [];
  readonly #closing: Array<Promise<void>> = [];
  #run: Run | undefined;
  #polls = 0;

  constructor(context: SourceTaskContext<RabbitmqSourceConfig>) {
    this.#context = context;
    this.#gathering = new Gathering(context.signal);
  }

  async start(): Promise<void> {
    const { config, clients, signal, taskConfig } = this.#context;
    const pool = await clients.get(
      connectionKey(config, 'source'),
      async () => new ConnectionPool(config, 'source'),
      (opened) => opened.close(),
    );
    const wake = () => this.#gathering.wake();
    const connections: RabbitmqConnection[] = [];
    const losses: Array<() => void> = [];
    const forget = () => {
      for (const forgetLoss of losses) forgetLoss();
    };
    this.#run = { pool, connections, readers: new Map(), forget };
    for (let lent = 0; lent * QUEUES_PER_CONNECTION < taskConfig.partitions.length; lent += 1) {
      const connection = await pool.lend(signal);
      connections.push(connection);
      losses.push(connection.onLoss(wake));
    }
    const ofQueue = (index: number) => connections[index % connections.length] as RabbitmqConnection;
    const opening = openReaders(this.#context, { ofQueue, ...pool.lender(signal) }, wake);
    const { readers, stopped, notices } = await untilAborted(opening, signal);
    for (const reader of readers) this.#run.readers.set(reader.name, reader);
    this.#stopped = new Map(stopped);
    this.#notices = notices;
    await untilAborted(Promise.all(readers.map((reader) => reader.open().catch((error) => this.#stopReader(reader, error)))), signal);
    this.#throwLoss();
    // Nothing is waited for from here on that may come behind messages: these are read only as far as polls take them.
    for (const reader of this.#run.readers.values()) reader.begin();
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    const { readers: byName } = this.#running;
    this.#polls += 1;
    for (;;) {
      throwIfAborted(this.#context.signal);
      this.#stopFailed();
      for (const reader of byName.values()) reader.adapt(limit);
      if (this.#stopped.size === 0) await this.#gathering.wait([...byName.values()], limit, (reader) => this.#askStarving(reader));
      this.#stopFailed();
      const readers = [...byName.values()];
      const records = takeFairly(readers, limit, this.#polls);
      const positions = untoldPositions(readers);
      const caughtUp = readers.every(({ finished }) => finished);
      if (records.length > 0 || positions.size > 0 || caughtUp || this.#stopped.size > 0) {
        return { records, positions, caughtUp, ...this.#told() };
      }
    }
  }

  acknowledged(partition: string, position: Position): void {
    this.#run?.readers.get(partition)?.acknowledge(position);
  }

  leave(partition: string): void {
    this.#run?.readers.get(partition)?.leave();
    this.#gathering.wake();
  }

  /** Not known where consumers share a queue: each sees the same messages wait. */
  remaining(): number | undefined {
    const { readers } = this.#running;
    if ([...partitionsOf(this.#context).values()].some(({ consumer }) => consumer > 0)) return undefined;
    return [...readers.values()].reduce((sum, reader) => sum + reader.lag(undefined), 0);
  }

  /** A quorum queue counts each delivery, also of what a run only gives back, and drops a message at its limit. */
  wearsOut(partition: string): boolean {
    return partitionsOf(this.#context).get(partition)?.kind === 'queue';
  }

  /** Messages that wait, for the first of the consumers that share a queue: the others see the same ones. */
  async lag(): Promise<Lag> {
    const { readers } = this.#running;
    const { signal } = this.#context;
    if (signal.aborted) return {};
    const planned = partitionsOf(this.#context);
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
    const unknown = [...readers.values()].find((reader) => reader.unknown !== undefined)?.unknown;
    return { records: counted.reduce((sum, count) => sum + count, 0), ...(unknown !== undefined && { unknown }) };
  }

  async stop(withinMs = STOP_MS): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    const { pool, connections, readers, forget } = run;
    forget();
    for (const { intake } of connections) intake.resume();
    // All of them, also where one fails: what the others hold must go back before the next run begins.
    const closed = Promise.allSettled([...this.#closing, ...[...readers.values()].map((reader) => reader.close())]);
    // What went wrong with a connection was told by a poll, or concerns nobody any more.
    await Promise.all(connections.map((connection) => connection.answered(() => closed, withinMs * CLOSE_SHARE).catch(() => {})));
    for (const connection of connections) pool.giveBack(connection);
  }

  /** What is told once. */
  #told(): Pick<PollResult, 'stopped' | 'notices'> {
    const ofReaders = [...this.#running.readers.values()].flatMap((reader) => reader.notices?.() ?? []);
    const [stopped, notices] = [this.#stopped, [...this.#notices, ...ofReaders]];
    this.#stopped = new Map();
    this.#notices = [];
    return { ...(stopped.size > 0 && { stopped }), ...(notices.length > 0 && { notices }) };
  }

  /** Undefined where the answer does not come: it may be behind messages that nobody takes any more. */
  async #readySoon(reader: Reader): Promise<number | undefined> {
    const { intake } = reader.connection;
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

  async #ready({ connection, queue }: Reader): Promise<number> {
    return (await countQueue(connection, queue)).messageCount;
  }

  async #askStarving(reader: Reader): Promise<void> {
    try {
      await reader.starve(() => countQueue(reader.connection, reader.queue));
    } catch (error) {
      this.#stopReader(reader, error);
    }
  }

  /** What ends one partition lets the others go on; what it held comes again. */
  #stopReader(reader: Reader, error: unknown): void {
    const { readers } = this.#running;
    this.#throwLoss();
    if (!readers.delete(reader.name)) return;
    this.#stopped.set(reader.name, toConnectError(error));
    this.#closing.push(reader.close().catch(() => {}));
  }

  #stopFailed(): void {
    this.#throwLoss();
    for (const reader of this.#running.readers.values()) if (reader.failure !== undefined) this.#stopReader(reader, reader.failure);
  }

  #throwLoss(): void {
    const lost = this.#running.connections.find(({ failure }) => failure !== undefined)?.failure;
    if (lost !== undefined) throw lost;
  }

  get #running(): Run {
    if (this.#run === undefined) throw new ConnectError('INTERNAL', 'the RabbitMQ source was used before its start');
    return this.#run;
  }
}
