import { randomUUID } from 'node:crypto';
import {
  ConnectError,
  type PollLimit,
  type PollResult,
  type Position,
  RECEIVE_ROOM_BYTES,
  ReceiveRoom,
  type SourceTask,
  type SourceTaskContext,
  takeFairly,
  throwIfAborted,
  untilAborted,
} from '../../api/index.ts';
import type { AmqpConnection } from './amqp-connection.ts';
import { ActivemqClient } from './client.ts';
import type { ActivemqSourceConfig } from './config.ts';
import { connectionKey } from './connection-options.ts';
import { type ConsumerSpec, consumersOf } from './consumers.ts';
import { PartitionReader } from './partition-reader.ts';

/**
 * Copies queues and durable subscriptions until the broker has nothing more for them. The broker keeps what is not acknowledged,
 * so a position is only how many messages were copied so far.
 */
export class ActivemqSourceTask implements SourceTask {
  readonly #context: SourceTaskContext<ActivemqSourceConfig>;
  readonly #session = randomUUID();
  readonly #onAbort = () => this.#changed();
  readonly #readers = new Map<string, PartitionReader>();
  /** Connections of subscriptions, which end with the run. */
  readonly #own: AmqpConnection[] = [];
  #wake: (() => void) | undefined;
  #polls = 0;

  constructor(context: SourceTaskContext<ActivemqSourceConfig>) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { config, clients, signal } = this.#context;
    const client = await clients.get(
      connectionKey(config),
      async () => new ActivemqClient(config),
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
    const readers = [...this.#readers.values()];
    for (;;) {
      throwIfAborted(this.#context.signal);
      const records = takeFairly(readers, limit, this.#polls);
      for (const reader of readers) reader.pump();
      if (records.length > 0) return { records, caughtUp: false };
      const failure = readers.find(({ failure: found }) => found !== undefined)?.failure;
      if (failure !== undefined) throw failure;
      if (readers.every(({ finished }) => finished)) return { records, caughtUp: true };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  acknowledged(partition: string, position: Position): void {
    this.#readers.get(partition)?.acknowledge(position);
  }

  async stop(): Promise<void> {
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
    const connection = await client.openOwn(spec.durable.clientId);
    this.#own.push(connection);
    await this.#openReaders(connection, [spec]);
  }

  async #openReaders(connection: AmqpConnection, specs: readonly ConsumerSpec[]): Promise<void> {
    const { positions, taskConfig } = this.#context;
    const room = new ReceiveRoom(connection);
    const budgetBytes = RECEIVE_ROOM_BYTES / taskConfig.partitions.length;
    const onChange = () => this.#changed();
    const common = { connection, session: this.#session, budgetBytes, room, onChange };
    const readers = specs.map((spec) => PartitionReader.open({ ...common, spec, copied: Number(positions.get(spec.partition) ?? 0) }));
    for (const reader of await Promise.all(readers)) this.#readers.set(reader.partition, reader);
  }

  #changed(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
