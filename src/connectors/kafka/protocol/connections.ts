import { apiVersionsV1, type Connection, ConnectionPool } from '@platformatic/kafka';
import { ConnectError, type Direction, toConnectError } from '../../../api/index.ts';
import { patience } from '../../../kit/index.ts';
import { type Apis, negotiate } from './api-versions.ts';
import type { KafkaConnectionConfig } from './connection-config.ts';
import { type Address, bearerTokens, connectionOptions, parseServers } from './connection-options.ts';
import { advertisedError, closedWithoutAnswer, connectionError } from './errors/connection-errors.ts';
import { isSessionEnding } from './sasl/authenticators.ts';
import type { BearerTokens } from './sasl/bearer-tokens.ts';

/** A connection that was idle for this long may be dead without a sign: a frozen process sees no packets. */
const STALE_AFTER_MS = 30_000;

type Call<T> = (connection: Connection, apis: Apis) => Promise<T>;

/** Open connections of one configuration, one per broker, kept between invocations. Dead ones are replaced when next used. */
export class Connections {
  readonly #config: KafkaConnectionConfig;
  readonly #section: Direction;
  readonly #servers: readonly Address[];
  readonly #pool: ConnectionPool;
  readonly #tokens: BearerTokens | undefined;
  /** How many calls wait for an answer. */
  readonly #calls = new Map<Connection, number>();
  readonly #usedAt = new WeakMap<Connection, number>();
  /** Why a connection broke: what waited for an answer is only told that it closed. */
  readonly #broken = new WeakMap<Connection, unknown>();
  /** By connection: while a cluster is being upgraded its brokers differ. */
  readonly #apis = new WeakMap<Connection, Apis>();

  /** `section`: of the connector file, that has the configuration. */
  constructor(config: KafkaConnectionConfig, section: Direction) {
    this.#config = config;
    this.#section = section;
    this.#servers = parseServers(config.bootstrapServers, section);
    this.#tokens = bearerTokens(config, section);
    this.#pool = new ConnectionPool(config.clientId, connectionOptions(config, section, this.#tokens));
    this.#pool.on('connecting', ({ connection }) => connection.on('error', (error) => this.#broken.set(connection, error)));
  }

  /** Runs `call` on a connection to the broker at `address`. Throws ConnectError. */
  async use<T>(address: Address, call: Call<T>): Promise<T> {
    const connection = await this.#open(address);
    const rested = Date.now() - (this.#usedAt.get(connection) ?? Date.now());
    if (rested < STALE_AFTER_MS) return this.#send(address, connection, call);
    const answered = patience(this.#config.connectTimeoutMs, () => connection.socket?.destroy());
    try {
      return await this.#send(address, connection, call);
    } catch (error) {
      if (!toConnectError(error).retriable) throw error;
      return this.#send(address, await this.#open(address), call);
    } finally {
      answered();
    }
  }

  /** Runs `call` on the first broker that can be reached: one of `known`, else a bootstrap server. */
  async useAny<T>(known: readonly Address[], call: Call<T>): Promise<T> {
    await this.authorize();
    let failure = new ConnectError('CONFIG_INVALID', `${this.#section}.bootstrapServers names no broker`);
    const connected = known.filter((address) => this.#pool.getEstablishedConnection(address)?.isConnected());
    for (const address of distinct([...connected.slice(0, 1), ...shuffled(this.#servers), ...known])) {
      try {
        return await this.use(address, call);
      } catch (error) {
        failure = toConnectError(error);
        // No other broker would take these credentials or trust this certificate either.
        if (!failure.retriable) break;
      }
    }
    throw failure;
  }

  /** Gets the token that connections need, where they need one. Throws ConnectError. */
  async authorize(): Promise<void> {
    await this.#tokens?.ready();
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #open(address: Address): Promise<Connection> {
    const kept = await this.#tokens?.ready();
    try {
      return await this.#connect(address);
    } catch (error) {
      if (this.#tokens === undefined || toConnectError(error).code !== 'AUTH_FAILED') throw error;
      if (!this.#tokens.refused(kept === true)) throw error;
      await this.#tokens.ready();
      return this.#connect(address);
    }
  }

  async #connect(address: Address): Promise<Connection> {
    try {
      const old = this.#pool.getEstablishedConnection(address);
      if (old !== undefined && isSessionEnding(old) && !this.#calls.has(old)) await old.close();
      return await this.#pool.get({ host: address.host, port: address.port });
    } catch (error) {
      const failure = connectionError(error, `${address.host}:${address.port}`, this.#section);
      throw this.#isGiven(address) ? failure : advertisedError(failure);
    }
  }

  /** Others are what a broker says of itself. */
  #isGiven({ host, port }: Address): boolean {
    return this.#servers.some((server) => server.host === host && server.port === port);
  }

  async #send<T>(address: Address, connection: Connection, call: Call<T>): Promise<T> {
    const name = `${address.host}:${address.port}`;
    this.#calls.set(connection, (this.#calls.get(connection) ?? 0) + 1);
    try {
      const apis = this.#apis.get(connection) ?? negotiate((await apiVersionsV1.api.async(connection, '', '')).apiKeys, this.#section);
      this.#apis.set(connection, apis);
      const answer = await call(connection, apis);
      this.#usedAt.set(connection, Date.now());
      return answer;
    } catch (error) {
      const broken = this.#broken.get(connection);
      if (error instanceof ConnectError || broken !== undefined) throw connectionError(broken ?? error, name, this.#section);
      const silent =
        this.#apis.has(connection) && !this.#usedAt.has(connection) && this.#config.sasl === undefined && !connection.isConnected();
      throw silent ? closedWithoutAnswer(name, error, this.#section) : connectionError(error, name, this.#section);
    } finally {
      const left = (this.#calls.get(connection) ?? 1) - 1;
      if (left === 0) this.#calls.delete(connection);
      else this.#calls.set(connection, left);
    }
  }
}

function distinct(addresses: readonly Address[]): Iterable<Address> {
  return new Map(addresses.map((address) => [`${address.host}:${address.port}`, address])).values();
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
