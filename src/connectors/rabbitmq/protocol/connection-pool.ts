import { ConnectError, type Direction, toConnectError } from '../../../api/index.ts';
import { asList } from '../../../config/text-list.ts';
import { clientKey, untilAborted } from '../../../kit/index.ts';
import { RabbitmqConnection } from './connection.ts';
import type { RabbitmqConnectionConfig } from './connection-config.ts';

/** A connection that rested may be dead without having been told so: a frozen process sees no packets. */
const CHECK_MS = 1_500;

/** Where connections come from, for as long as a run lasts. */
export interface Lender {
  /** A connection that answers. Give it back. */
  lend(): Promise<RabbitmqConnection>;
  giveBack(connection: RabbitmqConnection): void;
}

/**
 * Connections of one configuration, kept between invocations. Each is lent to one run at a time, because a run that has no
 * room for more stops reading all of its connection.
 */
export class ConnectionPool {
  readonly #config: RabbitmqConnectionConfig;
  readonly #section: Direction;
  readonly #idle: RabbitmqConnection[] = [];

  /** `section`: of the connector file, that has the configuration. */
  constructor(config: RabbitmqConnectionConfig, section: Direction) {
    this.#config = config;
    this.#section = section;
  }

  /** A connection that answers: one that rested, else a new one to the first node that can be reached. Give it back. */
  async lend(signal: AbortSignal): Promise<RabbitmqConnection> {
    const found = this.#find();
    try {
      return await untilAborted(found, signal);
    } catch (error) {
      // One that is found too late waits for the next run.
      found.then(
        (late) => this.giveBack(late),
        () => {},
      );
      throw error;
    }
  }

  /** The same, for as long as `signal` is not aborted. */
  lender(signal: AbortSignal): Lender {
    return { lend: () => this.lend(signal), giveBack: (connection) => this.giveBack(connection) };
  }

  async #find(): Promise<RabbitmqConnection> {
    for (let rested = this.#idle.pop(); rested !== undefined; rested = this.#idle.pop()) if (await answers(rested)) return rested;
    let failure = new ConnectError('CONFIG_INVALID', `${this.#section}.urls names no node`);
    for (const address of asList(this.#config.urls)) {
      try {
        return await RabbitmqConnection.open(this.#config, this.#section, address);
      } catch (error) {
        failure = toConnectError(error);
        // No other node would take these credentials or trust this certificate either.
        if (!failure.retriable) break;
      }
    }
    throw failure;
  }

  giveBack(connection: RabbitmqConnection): void {
    if (connection.failure === undefined) this.#idle.push(connection);
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close()));
  }
}

async function answers(connection: RabbitmqConnection): Promise<boolean> {
  try {
    const channel = await connection.answered(() => connection.openChannel(), CHECK_MS);
    await connection.answered(() => channel.close(), CHECK_MS);
    return true;
  } catch {
    return false;
  }
}

/** Names the connections that a section's configuration needs; two with one key may share them. Shows no secret. */
export function connectionKey(config: RabbitmqConnectionConfig, section: Direction): string {
  const { urls, vhost, mechanism, username, password, tls, heartbeatMs, connectTimeoutMs } = config;
  return clientKey('rabbitmq', [section, urls, vhost, mechanism, username, password, tls, heartbeatMs, connectTimeoutMs]);
}
