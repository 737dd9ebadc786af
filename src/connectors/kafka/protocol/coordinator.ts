import { type Connection, protocolErrorsCodesById } from '@platformatic/kafka';
import { type Apis, groupApi } from './api-versions.ts';
import type { Connections } from './connections.ts';
import { partialAnswer, protocolError } from './errors/protocol-errors.ts';
import type { Broker } from './topics.ts';

/** What a broker coordinates: the offsets of a group, or the transactions of a transactional id. Kafka's numbers for them. */
const KINDS = { group: 0, 'transactional id': 1 } as const;

export type Coordinated = keyof typeof KINDS;

/** Reaches the broker that coordinates a group or a transactional id, which may move. */
export class Coordinator {
  readonly #connections: Connections;
  readonly #kind: Coordinated;
  readonly #name: string;
  #known: Broker | undefined;

  constructor(connections: Connections, kind: Coordinated, name: string) {
    this.#connections = connections;
    this.#kind = kind;
    this.#name = name;
  }

  /** Runs `call` on a connection to it. `brokers`: whom to ask first where it is. Throws ConnectError, and looks anew the next time. */
  async use<T>(brokers: readonly Broker[], call: (connection: Connection, apis: Apis) => Promise<T>): Promise<T> {
    try {
      this.#known ??= await this.#connections.useAny(brokers, (connection, apis) => this.#find(connection, apis));
      return await this.#connections.use(this.#known, call);
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }

  async #find(connection: Connection, apis: Apis): Promise<Broker> {
    const { api } = groupApi(apis, 'findCoordinator');
    const { coordinators } = await partialAnswer(api.async(connection, KINDS[this.#kind], [this.#name]));
    const [{ errorCode, nodeId, host, port } = { errorCode: 0, nodeId: -1, host: '', port: 0 }] = coordinators;
    if (errorCode === 0) return { node: nodeId, host, port };
    throw protocolError(protocolErrorsCodesById[errorCode] ?? String(errorCode), `${this.#kind} ${this.#name}`, apis.section);
  }
}
