import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, Options } from 'amqplib';

/** A message to publish. `options` holds properties and headers. */
export interface RabbitmqMessage {
  readonly body: Buffer;
  readonly options?: Options.Publish;
}

export type QueueKind = 'classic' | 'quorum' | 'stream';

/** At most this many messages wait for their confirmation. */
const UNCONFIRMED = 1_000;

/** Makes, fills and inspects queues and streams, for tests, benchmarks and the main job. */
export class RabbitmqQueues {
  readonly #connection: ChannelModel;
  readonly #publisher: ConfirmChannel;

  private constructor(connection: ChannelModel, publisher: ConfirmChannel) {
    this.#connection = connection;
    this.#publisher = publisher;
    // The error also reaches everything that waits for an answer.
    connection.on('error', () => {});
  }

  /** Connects to `url`, such as `amqp://user:password@host:port`, as a user with all permissions. */
  static async open(url: string): Promise<RabbitmqQueues> {
    const { connect } = (await import('amqplib')).default;
    const connection = await connect(url, { noDelay: true });
    return new RabbitmqQueues(connection, await connection.createConfirmChannel());
  }

  /** Makes a durable queue. `args` adds to its kind. */
  async create(queue: string, kind: QueueKind = 'classic', args: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#use((channel) => channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': kind, ...args } }));
  }

  async delete(queue: string): Promise<void> {
    await this.#use((channel) => channel.deleteQueue(queue));
  }

  /** Returns the number of messages that no consumer has. Rejects if there is no such queue. Streams answer with a delay of seconds. */
  async ready(queue: string): Promise<number> {
    return (await this.#use((channel) => channel.checkQueue(queue))).messageCount;
  }

  /** Yields what waits in the queue now, in its order, in chunks. The messages stay there. */
  async *look(queue: string): AsyncGenerator<ConsumeMessage[]> {
    const channel = await this.#connection.createChannel();
    try {
      const { messageCount } = await channel.checkQueue(queue);
      let received: ConsumeMessage[] = [];
      let wake = () => {};
      const lost = new Promise<never>((_, reject) => channel.once('error', reject));
      lost.catch(() => {});
      await channel.consume(queue, (message) => {
        if (message !== null) received.push(message);
        wake();
      });
      for (let seen = 0; seen < messageCount; ) {
        const came = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (received.length === 0) await Promise.race([came, lost]);
        const chunk = received.slice(0, messageCount - seen);
        received = [];
        seen += chunk.length;
        yield chunk;
      }
    } finally {
      // The broker puts what nobody has acknowledged back in its place.
      await channel.close().catch(() => {});
    }
  }

  /** Publishes persistent messages in this order, through the exchange or directly into the queue, and resolves when all are confirmed. */
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
    // The client never answers if the connection is lost meanwhile.
    const lost = new Promise((resolve) => this.#connection.once('close', resolve));
    await Promise.race([this.#connection.close(), lost]);
  }

  /** Runs `work` on a channel of its own, which a refusal closes. */
  async #use<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.#connection.createChannel();
    channel.on('error', () => {});
    const result = await work(channel);
    await channel.close();
    return result;
  }
}

/** Returns the connector's options for an address of the local stack, such as `amqp://user:password@host:port`. */
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
