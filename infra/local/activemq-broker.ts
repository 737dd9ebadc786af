import { once } from 'node:events';
import rhea, { type Connection, type EventContext, type Message, type Receiver, type Sender } from 'rhea';
import { untilAborted, withPatience } from '../../src/kit/index.ts';

/** The destination of messages. It is a queue by default. */
export interface Destination {
  readonly name: string;
  readonly topic?: boolean;
}

/** The time that a broker may take to close a connection. */
const CLOSE_LIMIT_MS = 2_000;

/** Fills and inspects an ActiveMQ that accepts everyone, for tests, benchmarks and the main job. */
export class ActivemqBroker {
  readonly #connection: Connection;
  readonly #senders = new Map<string, Promise<Sender>>();
  /** Rejects each call of \`send\` that waits for confirmations. */
  readonly #sends = new Set<(error: Error) => void>();
  #failure: unknown;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Connects to `url`, such as `amqp://host:port`. It reconnects by itself after a restart of the broker. */
  static async open(url: string): Promise<ActivemqBroker> {
    const { hostname, port } = new URL(url);
    const options = { host: hostname, port: Number(port), username: 'anonymous', max_reconnect_delay: 500 };
    const connection = rhea.create_container().create_connection(options);
    const broker = new ActivemqBroker(connection);
    for (const event of ['connection_error', 'connection_close']) connection.on(event, () => {});
    connection.on('disconnected', () => broker.#onLost());
    for (const event of ['sender_error', 'receiver_error', 'error', 'rejected']) {
      connection.on(event, (context: EventContext) => {
        broker.#failure ??= context.sender?.error ?? context.receiver?.error ?? context.error ?? new Error(event);
      });
    }
    connection.connect();
    await once(connection, 'connection_open');
    return broker;
  }

  /**
   * Sends durable messages in this order, and returns when the broker has confirmed all of them. Throws if the connection is lost: the broker
   * may have some of them then.
   */
  async send({ name, topic = false }: Destination, messages: Iterable<Message>): Promise<void> {
    const sender = await this.#sender(name, topic);
    const next = messages[Symbol.iterator]();
    let unconfirmed = 0;
    let current = next.next();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#sends.add(reject);
    try {
      const fill = () => {
        if (this.#failure !== undefined) return reject(this.#failure);
        for (; !current.done && sender.sendable(); current = next.next()) {
          sender.send({ durable: true, ...current.value });
          unconfirmed += 1;
        }
        if (current.done && unconfirmed === 0) resolve();
      };
      const confirmed = () => {
        unconfirmed -= 1;
        fill();
      };
      sender.removeAllListeners('sendable');
      sender.removeAllListeners('accepted');
      sender.on('sendable', fill);
      sender.on('accepted', confirmed);
      fill();
      await promise;
    } finally {
      this.#sends.delete(reject);
    }
  }

  /** Returns the number of messages that a queue of ActiveMQ Classic holds, whether they wait or a consumer has them. */
  async pending(queue: string): Promise<number> {
    const replies = this.#connection.open_receiver({ source: { address: '', dynamic: true } });
    await once(replies, 'receiver_open');
    const answer = once(replies, 'message');
    const reply_to = replies.source.address as string;
    await this.send({ name: `ActiveMQ.Statistics.Destination.${queue}` }, [{ reply_to, body: null, durable: false }]);
    const [{ message }] = (await answer) as [EventContext];
    await close(replies);
    return Number((message?.body as { size: number } | undefined)?.size);
  }

  async close(): Promise<void> {
    const closed = once(this.#connection, 'connection_close');
    this.#connection.set_reconnect(false);
    this.#connection.close();
    // A broker that is gone does not answer.
    await withPatience(CLOSE_LIMIT_MS, (late) => untilAborted(closed, late)).catch(() => {});
  }

  #onLost(): void {
    for (const reject of this.#sends) reject(new Error('ActiveMQ has closed the connection'));
  }

  async #sender(name: string, topic: boolean): Promise<Sender> {
    const key = `${topic} ${name}`;
    let sender = this.#senders.get(key);
    if (sender === undefined) {
      const kind = topic ? 'topic' : 'queue';
      // Classic reads the prefix, which it names as the connection opens. Artemis reads the capability.
      const address = `${this.#connection.properties?.[`${kind}-prefix`] ?? ''}${name}`;
      const opened = this.#connection.open_sender({ target: { address, capabilities: [kind] } });
      sender = once(opened, 'sendable').then(() => opened);
      this.#senders.set(key, sender);
    }
    return sender;
  }
}

async function close(receiver: Receiver): Promise<void> {
  const closed = once(receiver, 'receiver_close');
  receiver.close();
  await closed;
}
