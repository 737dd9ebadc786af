import { ConnectError, type FailedRecord, type SinkBatch, type SinkTask, type SinkTaskContext } from '../../../api/index.ts';
import { untilAborted } from '../../../kit/index.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import { ConnectionPool, connectionKey } from '../protocol/connection-pool.ts';
import type { RabbitmqSinkConfig } from './config.ts';
import { LaneWriter, type Shared } from './lane-writer.ts';
import { targetOf } from './mapping.ts';

/** Of the time to stop. */
const CLOSE_SHARE = 0.75;
const STOP_MS = 2_000;

/** Publishes records to RabbitMQ, each lane on a channel of its own, and waits until all of a batch are confirmed. */
export class RabbitmqSinkTask implements SinkTask {
  readonly #context: SinkTaskContext<RabbitmqSinkConfig>;
  readonly #lanes = new Map<string, LaneWriter>();
  #pool: ConnectionPool | undefined;
  #connection: Promise<RabbitmqConnection> | undefined;
  #shared: Shared | undefined;

  constructor(context: SinkTaskContext<RabbitmqSinkConfig>) {
    this.#context = context;
  }

  async start(): Promise<Record<string, never>> {
    const { config, clients, signal } = this.#context;
    const open = async () => new ConnectionPool(config, 'sink');
    this.#pool = await clients.get(connectionKey(config, 'sink'), open, (opened) => opened.close());
    const { confirmTimeoutMs, deduplicationHeader } = config;
    const connect = () => this.#connected();
    this.#shared = { connect, confirmTimeoutMs, deduplicationHeader, target: targetOf(config), known: new Set(), useless: new Map() };
    await untilAborted(connect(), signal);
    return {};
  }

  async write(batch: SinkBatch): Promise<{ readonly failed?: readonly FailedRecord[] }> {
    if (this.#shared === undefined) throw new ConnectError('INTERNAL', 'the task was not started');
    const lane = this.#lanes.get(batch.lane) ?? new LaneWriter(this.#shared);
    this.#lanes.set(batch.lane, lane);
    const failed = await lane.write(batch);
    return failed.length === 0 ? {} : { failed };
  }

  /** The connection goes back for the next run, unless something is on its way that nobody waits for. */
  async stop(withinMs = STOP_MS): Promise<void> {
    const [connection, lanes] = [await this.#connection?.catch(() => undefined), [...this.#lanes.values()]];
    this.#connection = undefined;
    this.#lanes.clear();
    if (connection === undefined) return;
    if (lanes.some(({ isWriting }) => isWriting)) connection.destroy();
    const closed = Promise.all(lanes.map((lane) => lane.close()));
    await connection.answered(() => closed, withinMs * CLOSE_SHARE).catch(() => {});
    this.#pool?.giveBack(connection);
  }

  /** One for all lanes, and another where it is lost. */
  async #connected(): Promise<RabbitmqConnection> {
    const known = this.#connection;
    if (known !== undefined && (await known).failure === undefined) return known;
    // Of several lanes that find it lost, the first asks for another.
    if (this.#connection === known) {
      // A run that is asked to stop still finishes what it writes: each write has its own end.
      const lending = (this.#pool as ConnectionPool).lend(new AbortController().signal);
      this.#connection = lending;
      lending.catch(() => {
        if (this.#connection === lending) this.#connection = undefined;
      });
    }
    return this.#connection as Promise<RabbitmqConnection>;
  }
}
