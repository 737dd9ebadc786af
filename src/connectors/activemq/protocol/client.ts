import { randomUUID } from 'node:crypto';
import type { Direction } from '../../../api/index.ts';
import { AmqpConnection } from './amqp-connection.ts';
import type { ActivemqConnectionConfig } from './connection-config.ts';
import { type Address, parseUrls } from './connection-options.ts';

/** How long a kept connection may be silent before another one takes its place. */
const STALE_AFTER_MS = 1_000;

/** How one configuration reaches its broker. Kept between invocations, with one connection for all queues. */
export class ActivemqClient {
  readonly #config: ActivemqConnectionConfig;
  readonly #section: Direction;
  readonly #addresses: readonly Address[];
  #kept: Promise<AmqpConnection> | undefined;

  /** `section`: of the connector file, that has the configuration. */
  constructor(config: ActivemqConnectionConfig, section: Direction) {
    this.#config = config;
    this.#section = section;
    this.#addresses = parseUrls(config.url, section);
  }

  /**
   * Does `work` on the kept connection. One that was open before may have died unseen, for instance while the process was frozen:
   * where it fails or says nothing at all, `work` is done again on a new one. Another run may be under way on it: then it is no more
   * in doubt than that run takes it to be.
   */
  async use<T>(work: (connection: AmqpConnection) => Promise<T>): Promise<T> {
    const kept = await this.#keptAlive();
    if (kept === undefined) return work(await this.#connect());
    const answered = kept.links > 0 ? () => {} : kept.expectSignWithin(STALE_AFTER_MS);
    try {
      return await work(kept);
    } catch (error) {
      if (kept.failure === undefined) throw error;
      return await work(await this.#connect());
    } finally {
      answered();
    }
  }

  /** A connection for one run: a client id can have but one, and whoever runs next needs it. */
  openOwn(clientId: string): Promise<AmqpConnection> {
    return AmqpConnection.open(this.#config, this.#section, this.#addresses, clientId);
  }

  async close(): Promise<void> {
    await (await this.#keptAlive())?.close();
  }

  async #keptAlive(): Promise<AmqpConnection | undefined> {
    const kept = await this.#kept?.catch(() => undefined);
    return kept?.failure === undefined ? kept : undefined;
  }

  /** Tasks and links that want one at once share what is being opened: a second one would never be closed. */
  async #connect(): Promise<AmqpConnection> {
    const known = this.#kept;
    const current = await this.#keptAlive();
    if (current !== undefined) return current;
    // Of several that find none, the first opens it.
    if (this.#kept === known) {
      this.#kept = AmqpConnection.open(this.#config, this.#section, this.#addresses, `rocketmq-connect-${randomUUID()}`);
    }
    return this.#kept as Promise<AmqpConnection>;
  }
}
