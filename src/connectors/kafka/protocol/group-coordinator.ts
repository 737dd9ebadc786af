import type { Connection } from '@platformatic/kafka';
import type { Apis } from './api-versions.ts';
import type { Connections } from './connections.ts';
import { findCoordinator } from './consumer-group.ts';
import { Recovery } from './recovery.ts';
import type { Broker } from './topics.ts';

/** A coordinator that moved or has just started is back by then. */
const PATIENCE_MS = 5_000;

/** Reaches the broker that keeps a group, which may move. */
export class GroupCoordinator {
  readonly #connections: Connections;
  readonly #group: string;
  #known: Broker | undefined;

  constructor(connections: Connections, group: string) {
    this.#connections = connections;
    this.#group = group;
  }

  /** Runs `call` on a connection to it, again while its failure may pass, for some 5 s. `brokers`: whom to ask first where it is. Throws ConnectError. */
  use<T>(brokers: readonly Broker[], signal: AbortSignal, call: (connection: Connection, apis: Apis) => Promise<T>): Promise<T> {
    return new Recovery(signal, PATIENCE_MS).retry(async () => {
      try {
        this.#known ??= await this.#connections.useAny(brokers, (connection, apis) => findCoordinator(connection, apis, this.#group));
        return await this.#connections.use(this.#known, call);
      } catch (error) {
        this.#known = undefined;
        throw error;
      }
    });
  }
}
