import type { Socket } from 'node:net';
import rhea, { type Connection, type EventContext } from 'rhea';
import { ConnectError, type Direction } from '../../../api/index.ts';
import { patience, silence } from '../../../kit/index.ts';
import type { ActivemqConnectionConfig } from './connection-config.ts';
import { type Address, connectionOptions, saslMechanism } from './connection-options.ts';
import { connectionError, noAnswer } from './errors/connection-errors.ts';
import { type InnerConnection, innerConnection } from './rhea-internals.ts';

/** The time that a broker has to close the connection. */
const CLOSE_LIMIT_MS = 1_000;

/** What rhea says where nothing came for too long. */
const SILENT = { description: 'max idle time exceeded' };

/** What hears of the end of its connection. */
type FailureListener = (error: ConnectError) => void;

/** One open connection to one broker. It never reconnects: once it failed, another one takes its place. */
export class AmqpConnection {
  readonly connection: Connection;
  /** As the configuration names it. */
  readonly url: string;
  /** The section of the connector file that names it, for errors. */
  readonly section: Direction;
  /** Time that the connection had to open, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Number of links that are open or have not yet ended. */
  links = 0;
  /** Links send on it: what has not left this machine when it is given up must not arrive behind what is sent next. */
  sends = false;
  /** Told of each answer and message. */
  onHeard: () => void = () => {};
  #failure: ConnectError | undefined;
  #heardAt = 0;
  readonly #listeners = new Set<FailureListener>();
  #unwatch: () => void = () => {};

  private constructor(connection: Connection, url: string, section: Direction, connectTimeoutMs: number) {
    this.connection = connection;
    this.url = url;
    this.section = section;
    this.connectTimeoutMs = connectTimeoutMs;
  }

  /** Takes the first address that can be reached. Throws what was wrong with the last one, or what no other could make good. */
  static async open(
    config: ActivemqConnectionConfig,
    section: Direction,
    addresses: readonly Address[],
    containerId: string,
  ): Promise<AmqpConnection> {
    let failure: unknown;
    for (const address of addresses) {
      try {
        return await AmqpConnection.#openOne(config, section, address, containerId);
      } catch (error) {
        failure = error;
        if (!(error instanceof ConnectError && error.code === 'UNREACHABLE')) break;
      }
    }
    throw failure;
  }

  static async #openOne(
    config: ActivemqConnectionConfig,
    section: Direction,
    address: Address,
    containerId: string,
  ): Promise<AmqpConnection> {
    const container = rhea.create_container({ id: containerId });
    const options = { ...connectionOptions(config, address, containerId), sasl_mechanisms: saslMechanism(container, config) };
    const own = new AmqpConnection(container.create_connection(options), address.url, section, config.connectTimeoutMs);
    const { connection } = own;
    own.#inner.idle = () => {};
    const ended = (context: EventContext) => own.#fail(connectionError(context.error, address.url, section));
    for (const event of ['connection_error', 'connection_close', 'disconnected']) connection.on(event, ended);
    // rhea hands these out bare, and throws them where nobody listens.
    for (const event of ['protocol_error', 'error']) {
      connection.on(event, (error: unknown) => own.#fail(connectionError(error, address.url, section)));
    }
    await new Promise<void>((resolve, reject) => {
      const heard = patience(config.connectTimeoutMs, () => own.#fail(noAnswer(address.url, config.connectTimeoutMs, section)));
      own.onFailure(reject);
      own.onFailure(heard);
      connection.once('connection_open', () => {
        heard();
        // Artemis refuses after it opened, and says so right away.
        setImmediate(resolve);
      });
      innerConnection(connection.connect());
    });
    own.#watch(config.idleTimeoutMs);
    return own;
  }

  get failure(): ConnectError | undefined {
    return this.#failure;
  }

  /**
   * The address of a queue or topic. Classic tells the two apart by prefixes, which it names as the connection opens, and takes an
   * address without one for a queue; Artemis looks at the capability that a link asks for.
   */
  addressOf(kind: 'queue' | 'topic', name: string): string {
    return `${this.connection.properties?.[`${kind}-prefix`] ?? ''}${name}`;
  }

  /** Artemis makes an address of its own for a name with `*` or `#` in it; Classic reads all queues that it fits. */
  get isArtemis(): boolean {
    return this.connection.properties?.product === 'apache-activemq-artemis';
  }

  /** A link got an answer or a message. Heartbeats are none: a broker may send them and do nothing else. */
  heard(): void {
    this.#heardAt = performance.now();
    this.onHeard();
  }

  /** Gives the connection up where no link hears anything for `ms`, however much there is to answer. Returns what ends the wait. */
  expectWithin(ms: number): () => void {
    return silence(
      ms,
      () => this.#heardAt,
      () => this.abandon(noAnswer(this.url, ms, this.section)),
    );
  }

  /**
   * Gives the connection up where no link hears anything for `ms` from now on: a broker that gives one answer is there, and slow at most.
   * Returns what ends the wait.
   */
  expectSignWithin(ms: number): () => void {
    const began = performance.now();
    return patience(ms, () => {
      if (this.#heardAt < began) this.abandon(noAnswer(this.url, ms, this.section));
    });
  }

  /** Called once, at once where it has failed already. Returns what takes the listener away again. */
  onFailure(listener: FailureListener): () => void {
    if (this.#failure !== undefined) listener(this.#failure);
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Gives the connection up: whoever waits for it hears of the error. */
  abandon(error: ConnectError): void {
    this.#fail(error);
  }

  /** Leaves what comes unread, in the system's buffers and at the broker. */
  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Says goodbye, and hangs up. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.add(() => resolve());
    // The end of a run has a fixed time: unlike a limit for silence, this one counts also while the process is busy.
    setTimeout(resolve, CLOSE_LIMIT_MS).unref();
    this.connection.close();
    await promise;
    this.#hangUp();
  }

  /**
   * Gives the connection up where the broker sends nothing for `ms`. rhea's own timer takes a busy process or a paused connection for
   * silence, and stops for good where a broker falls silent in the middle of a message.
   */
  #watch(ms: number): void {
    const socket = this.#socket;
    // A paused connection reads nothing: that is no silence.
    const sign = () => (socket?.isPaused() ? {} : socket?.bytesRead);
    this.#unwatch = silence(ms, sign, () => this.#fail(connectionError(SILENT, this.url, this.section)));
    if (this.#failure !== undefined) this.#unwatch();
  }

  #fail(error: ConnectError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#hangUp();
    for (const listener of this.#listeners) listener(error);
    this.#listeners.clear();
  }

  #hangUp(): void {
    this.#unwatch();
    const end = () => {
      const socket = this.#socket;
      // Only a socket of TCP can be reset.
      if (this.sends && socket?.destroyed === false && !('encrypted' in socket)) socket.resetAndDestroy();
      else socket?.destroy();
      // Ends rhea's timers, too, which nothing else stops.
      this.#socket?.emit('end');
    };
    end();
    // Where rhea is just handling what the broker sent, it starts them once more.
    setImmediate(end);
  }

  get #socket(): Socket | undefined {
    return this.#inner.socket;
  }

  get #inner(): InnerConnection {
    return this.connection as InnerConnection;
  }
}
