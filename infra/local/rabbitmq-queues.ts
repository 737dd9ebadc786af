import type { Channel, ChannelModel, ConfirmChannel, Options } from 'amqplib';

/** One message to publish. `options`: properties and headers. */
export interface RabbitmqMessage {
  readonly body: Buffer;
  readonly options?: Options.Publish;
}

export type QueueKind = 'classic' | 'quorum' | 'stream';

/** Messages that may wait for their confirmation. */
const UNCONFIRMED = 1_000;

/** Makes, fills and inspects queues and streams: for tests, benches and the main job. */
export class RabbitmqQueues {
  readonly #connection: ChannelModel;
  readonly #publisher: ConfirmChannel;

  private constructor(connection: ChannelModel, publisher: ConfirmChannel) {
    this.#connection = connection;
    this.#publisher = publisher;
    // What waited for an answer hears of it, too.
    connection.on('error', () => {});
  }

  /** `url`: `amqp://user:password@host:port`, of a user who may do all. */
  static async open(url: string): Promise<RabbitmqQueues> {
    const { connect } = (await import('amqplib')).default;
    const connection = await connect(url, { noDelay: true });
    return new RabbitmqQueues(connection, await connection.createConfirmChannel());
  }

  /** A durable queue. `args` adds to its kind. */
  async create(queue: string, kind: QueueKind = 'classic', args: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#use((channel) => channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': kind, ...args } }));
  }

  async delete(queue: string): Promise<void> {
    await this.#use((channel) => channel.deleteQueue(queue));
  }

  /** Messages that no consumer has. Rejects where there is no such queue. Streams tell with a delay of seconds. */
  async ready(queue: string): Promise<number> {
    return (await this.#use((channel) => channel.checkQueue(queue))).messageCount;
  }

  /** Publishes persistent messages in this order, through the exchange or right into the queue, and resolves when all are confirmed. */
  async publish(queue: string, messages: Iterable<RabbitmqMessage>, exchange = ''): Promise<void> {
    let unconfirmed = 0;
    for (const { body, options } of messages) {
      this.#publisher.publish(exchange, queue, body, { persistent: true, ...options });
      unconfirmed += 1;
      if (unconfirmed % UNCONFIRMED === 0) await this.#publisher.waitForConfirms();
    }
    await this.#publisher.waitForConfirms();
  }

  async close(): Promise<void> {
    // The client never answers where the connection is lost meanwhile.
    const lost = new Promise((resolve) => this.#connection.once('close', resolve));
    await Promise.race([this.#connection.close(), lost]);
  }

  /** On a channel of its own, which a refusal closes. */
  async #use<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.#connection.createChannel();
    channel.on('error', () => {});
    const result = await work(channel);
    await channel.close();
    return result;
  }
}

/** The connector's options for an address of the local stack: `amqp://user:password@host:port`. */
export function rabbitmqOptions(url: string): {
  readonly urls: string;
  readonly username: string;
  readonly password: string;
} {
  const { protocol, host, username, password } = new URL(url);
  return {
    urls: `${protocol}//${host}`,
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}
