import { once } from 'node:events';
import rhea, { type Connection, type EventContext, type Message, type Receiver, type Sender } from 'rhea';
import { untilAborted, withPatience } from '../../src/kit/index.ts';

/** The destination of messages. It is a queue by default. */
export interface Destination {
  readonly name: string;
  readonly topic?: boolean;
}

/** At most this many messages are taken before they are acknowledged. */
const TAKEN_AT_ONCE = 500;
/** The time in which a broker must give the next message. */
const TAKE_LIMIT_MS = 60_000;
const DRAIN_AGAIN_MS = 500;
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

  /**
   * Takes what waits in a queue of ActiveMQ Classic out of it, in its order, in chunks. A chunk is gone once the next one is asked for.
   * Rejects where the broker gives none of them for a minute.
   */
  async *take(queue: string): AsyncGenerator<Message[]> {
    const address = `${this.#connection.properties?.['queue-prefix'] ?? ''}${queue}`;
    const receiver = this.#connection.open_receiver({ source: { address }, credit_window: 0, autoaccept: false });
    await once(receiver, 'receiver_open');
    try {
      // The receiver makes the queue, if there is none. The broker would not count it.
      for (let left = await this.pending(queue); left > 0; ) {
        const wanted = Math.min(left, TAKEN_AT_ONCE);
        const taken = await receive(receiver, wanted);
        yield taken.map(({ message }) => message as Message);
        for (const { delivery } of taken) delivery?.accept();
        left -= wanted;
      }
    } finally {
      await close(receiver);
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

/** Receives so many messages. Without a drain Classic may give them only after half a minute, and a drain brings some of them only. */
async function receive(receiver: Receiver, count: number): Promise<EventContext[]> {
  const received: EventContext[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = setTimeout(() => reject(new Error(`ActiveMQ gave ${received.length} of ${count} messages, and no more`)), TAKE_LIMIT_MS);
  /** Neither used nor, by a drain, given back. */
  let credit = 0;
  const drain = () => {
    receiver.drain = false;
    receiver.add_credit(count - received.length - credit);
    credit = count - received.length;
    receiver.drain_credit();
  };
  const onDrained = () => {
    credit = 0;
    if (received.length < count) drain();
  };
  const onMessage = (context: EventContext) => {
    received.push(context);
    credit -= 1;
    late.refresh();
    if (received.length === count) resolve();
  };
  receiver.on('message', onMessage);
  receiver.on('receiver_drained', onDrained);
  // The broker does not answer a drain if a message arrives meanwhile.
  const again = setInterval(drain, DRAIN_AGAIN_MS);
  drain();
  try {
    await promise;
    return received;
  } finally {
    clearTimeout(late);
    clearInterval(again);
    receiver.removeListener('message', onMessage);
    receiver.removeListener('receiver_drained', onDrained);
  }
}

async function close(receiver: Receiver): Promise<void> {
  const closed = once(receiver, 'receiver_close');
  receiver.close();
  await closed;
}
