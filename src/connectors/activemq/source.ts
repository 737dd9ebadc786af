import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
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
import { Bell, RECEIVE_ROOM_BYTES, ReceiveRoom, takeFairly, throwIfAborted, untilAborted } from '../../kit/index.ts';
import type { ActivemqSourceConfig } from './config/config.ts';
import { type ConsumerSpec, consumersOf } from './config/consumers.ts';
import type { AmqpConnection } from './protocol/amqp-connection.ts';
import { ActivemqClient } from './protocol/client.ts';
import { connectionKey } from './protocol/connection-options.ts';
import { PartitionReader } from './read/partition-reader.ts';
import { LOOKED_INTO_AT_ONCE, remainderOf } from './read/remainder.ts';

/**
 * Copies queues and durable subscriptions until the broker has nothing more for them. The broker keeps what is not acknowledged,
 * so a position is only how many messages were copied so far.
 */
export class ActivemqSourceTask implements SourceTask {
  readonly #context: SourceTaskContext<ActivemqSourceConfig>;
  readonly #session = randomUUID();
  readonly #onAbort = () => this.#bell.ring();
  readonly #readers = new Map<string, PartitionReader>();
  /** Partitions that can't be read on, until a poll tells of them. */
  #stopped = new Map<string, ConnectError>();
  /** Those that stand still for the rest of the run. */
  readonly #left = new Set<string>();
  /** Connections of subscriptions, which end with the run. */
  readonly #own: AmqpConnection[] = [];
  readonly #bell = new Bell();
  #polls = 0;
  /** The task has stopped. It closes at once whatever opens after that. */
  #over = false;

  constructor(context: SourceTaskContext<ActivemqSourceConfig>) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { config, clients, signal } = this.#context;
    const client = await clients.get(
      connectionKey(config, 'source'),
      async () => new ActivemqClient(config, 'source'),
      (opened) => opened.close(),
    );
    signal.addEventListener('abort', this.#onAbort);
    const specs = this.#planned();
    const queues = specs.filter(({ durable }) => durable === undefined);
    const opening = queues.length === 0 ? undefined : client.use((connection) => this.#openReaders(connection, queues));
    await untilAborted(Promise.all([opening, ...specs.map((spec) => this.#openSubscription(client, spec))]), signal);
  }

  async poll(limit: PollLimit): Promise<PollResult> {
    this.#polls += 1;
    for (;;) {
      throwIfAborted(this.#context.signal);
      const readers = this.#active();
      const records = takeFairly(readers, limit, this.#polls);
      for (const reader of readers) reader.pump();
      for (const reader of readers) this.#sortOut(reader);
      const stopped = this.#stopped;
      this.#stopped = new Map();
      const caughtUp = records.length === 0 && this.#active().every(({ finished }) => finished);
      if (records.length > 0 || stopped.size > 0 || caughtUp) return { records, caughtUp, stopped };
      await this.#bell.heard();
    }
  }

  leave(partition: string): void {
    this.#left.add(partition);
    this.#readers.get(partition)?.leave();
    this.#bell.ring();
  }

  /** A broker that has nothing more for a consumer may still hold messages. A run whose time is over does not look for them. */
  async lag(): Promise<Lag> {
    const { signal } = this.#context;
    const readers = this.#active();
    const ended = readers.filter(({ finished }) => finished);
    try {
      throwIfAborted(signal);
      return await untilAborted(this.#remainder(ended), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return ended.length < readers.length ? {} : { unknown: NO_TIME };
    }
  }

  async #remainder(ended: readonly PartitionReader[]): Promise<Lag> {
    const { signal } = this.#context;
    const look = async (reader: PartitionReader) =>
      signal.aborted ? undefined : remainderOf(reader).catch((error) => cantLook(reader, error));
    const found = await pMap(ended, look, { concurrency: LOOKED_INTO_AT_ONCE });
    const reasons = found.filter((reason) => reason !== undefined);
    const more = reasons.length > 1 ? `; and ${reasons.length - 1} more like it` : '';
    return reasons[0] === undefined ? {} : { unknown: reasons[0] + more };
  }

  acknowledged(partition: string, position: Position): void {
    this.#readers.get(partition)?.acknowledge(position);
  }

  async stop(): Promise<void> {
    this.#over = true;
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    await Promise.all([...this.#readers.values()].map((reader) => reader.close()));
    await Promise.all(this.#own.map((connection) => connection.close()));
  }

  #planned(): ConsumerSpec[] {
    const { config, taskConfig } = this.#context;
    const specs = new Map(consumersOf(config).map((spec) => [spec.partition, spec]));
    return taskConfig.partitions.map((partition) => {
      const spec = specs.get(partition);
      if (spec === undefined) throw new ConnectError('INTERNAL', `task config: ${JSON.stringify(partition)} is not in the configuration`);
      return spec;
    });
  }

  async #openSubscription(client: ActivemqClient, spec: ConsumerSpec): Promise<void> {
    if (spec.durable === undefined) return;
    try {
      const connection = await client.openOwn(spec.durable.clientId);
      this.#own.push(connection);
      if (this.#over) return await connection.close();
      await this.#openReaders(connection, [spec]);
    } catch (error) {
      this.#stopped.set(spec.partition, toConnectError(error));
    }
  }

  /** Throws where the connection failed; what is wrong with one queue stops that one. */
  async #openReaders(connection: AmqpConnection, specs: readonly ConsumerSpec[]): Promise<void> {
    const { positions, taskConfig } = this.#context;
    const room = new ReceiveRoom(connection);
    const budgetBytes = RECEIVE_ROOM_BYTES / taskConfig.partitions.length;
    const onChange = () => this.#bell.ring();
    const common = { connection, session: this.#session, budgetBytes, room, onChange };
    const open = async (spec: ConsumerSpec) => {
      try {
        const reader = await PartitionReader.open({ ...common, spec, copied: Number(positions.get(spec.partition) ?? 0) });
        this.#readers.set(spec.partition, reader);
        if (this.#over) await reader.close();
      } catch (error) {
        this.#stopped.set(spec.partition, toConnectError(error));
      }
    };
    await Promise.all(specs.map(open));
    if (connection.failure === undefined) return;
    for (const { partition } of specs) this.#stopped.delete(partition);
    throw connection.failure;
  }

  #active(): PartitionReader[] {
    return [...this.#readers.values()].filter(({ partition }) => !this.#left.has(partition));
  }

  /** A subscription has a connection of its own; the one of all queues ends the run. */
  #sortOut({ partition, failure, options }: PartitionReader): void {
    if (failure === undefined) return;
    if (options.connection.failure !== undefined && options.spec.durable === undefined) throw options.connection.failure;
    this.#left.add(partition);
    this.#stopped.set(partition, failure);
  }
}

const NO_TIME = 'the time of the run was over before it was seen whether its queues hold more';

const cantLook = (reader: PartitionReader, error: unknown): string =>
  `whether ${reader.options.spec.source} holds more can not be seen: ${toConnectError(error).message}`;
