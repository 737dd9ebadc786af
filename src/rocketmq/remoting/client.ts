import { ConnectError } from '../../api/index.ts';
import { RemotingConnection } from './connection.ts';
import { type Credentials, signed } from './credentials.ts';
import type { RemotingRequest, RemotingResponse } from './frame.ts';
import type { SocketTls } from './socket.ts';

/** RocketMQ closes connections after 120 s without a request. Half of that stays clear of the race. */
const MAX_IDLE_MS = 60_000;
/** A request has at least this time left where its connection took long: perhaps this process was slow itself. */
const LEAST_ANSWER_MS = 1_000;

export interface RemotingOptions {
  /** Absent for plain text. */
  readonly tls?: SocketTls;
  readonly credentials?: Credentials;
}

/**
 * Asks servers by address over one connection each, opened when needed and replaced when it failed or was idle for long,
 * so that a process may be frozen in between. No request is repeated: the caller retries.
 */
export class RemotingClient {
  readonly #options: RemotingOptions;
  readonly #connections = new Map<string, Promise<RemotingConnection>>();
  /** Connections that were replaced and still wait for answers. */
  readonly #leaving = new Set<RemotingConnection>();
  #closed = false;

  constructor(options: RemotingOptions) {
    this.#options = options;
  }

  /**
   * Resolves with any answer, also a refusal. Rejects with a retriable ConnectError UNREACHABLE, TLS_FAILED or TIMEOUT within `timeoutMs`;
   * see `ordered`.
   */
  async request(address: string, request: RemotingRequest, timeoutMs: number): Promise<RemotingResponse> {
    const startedAt = Date.now();
    const connection = await this.#connection(address, timeoutMs);
    const { credentials } = this.#options;
    const remainingMs = Math.max(timeoutMs - (Date.now() - startedAt), Math.min(timeoutMs, LEAST_ANSWER_MS));
    return connection.request(credentials === undefined ? request : signed(request, credentials), remainingMs);
  }

  /** Ends all connections. What is under way rejects. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections.values()) void connection.then((opened) => opened.close()).catch(() => {});
    this.#connections.clear();
    for (const connection of this.#leaving) connection.close();
  }

  async #connection(address: string, timeoutMs: number): Promise<RemotingConnection> {
    if (this.#closed) throw new ConnectError('INTERRUPTED', 'the RocketMQ client is closed', { retriable: true });
    const opened = this.#connections.get(address);
    if (opened !== undefined) {
      const connection = await opened;
      if (connection.usable(MAX_IDLE_MS)) return connection;
      if (this.#connections.get(address) !== opened) return this.#connection(address, timeoutMs);
      this.#leaving.add(connection);
      void connection.closed.then(() => this.#leaving.delete(connection));
      connection.retire();
    }
    const opening = RemotingConnection.open(address, this.#options.tls, timeoutMs);
    this.#connections.set(address, opening);
    opening.catch(() => this.#connections.get(address) === opening && this.#connections.delete(address));
    return opening;
  }
}
