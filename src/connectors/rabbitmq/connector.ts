import {
  type Connector,
  type ConnectorContext,
  type Finding,
  type PendingPartitions,
  type Position,
  type TaskConfig,
  toConnectError,
} from '../../api/index.ts';
import { assignSticky, throwIfAborted, untilAborted } from '../../kit/index.ts';
import type { RabbitmqSourceConfig } from './config/config.ts';
import { plannedPartitions, type RabbitmqTaskOptions } from './config/partitions.ts';
import type { Selection } from './plan/selection.ts';
import type { ConnectionPool } from './protocol/connection-pool.ts';

/** Splits queues and streams into tasks. */
export class RabbitmqConnector implements Connector {
  readonly taskClass = 'RabbitmqSourceTask';
  readonly #config: RabbitmqSourceConfig;
  readonly #context: ConnectorContext;

  constructor(config: RabbitmqSourceConfig, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  async check(): Promise<Finding[]> {
    const { checkRabbitmq } = await import('./plan/check.ts');
    return checkRabbitmq(await this.#pool(), this.#config, this.#context);
  }

  /** Where the management API can be asked, it names what pattern and super streams stand for. */
  async taskConfigs(maxTasks: number, previous: readonly TaskConfig[]): Promise<TaskConfig[]> {
    const { select } = await import('./plan/selection.ts');
    const { queues, streams, facts } = await select(this.#config, this.#context.signal);
    const { consumersPerQueue } = this.#config;
    const planned = plannedPartitions({ queues, streams, consumersPerQueue });
    const before = previous.map(({ partitions }) => partitions);
    const staying = await this.#staying(queues, facts);
    return assignSticky([...planned.keys()], maxTasks, before).map((partitions) => {
      const own = partitions.flatMap((name) => planned.get(name) ?? []);
      const names = (kind: 'queue' | 'stream') => [...new Set(own.filter((one) => one.kind === kind).map(({ queue }) => queue))];
      const options: RabbitmqTaskOptions = {
        ...listed(
          'foundQueues',
          names('queue').filter((queue) => !this.#config.queues?.includes(queue)),
        ),
        ...listed(
          'foundStreams',
          names('stream').filter((stream) => !this.#config.streams?.includes(stream)),
        ),
        ...(staying !== undefined && { mayGo: names('queue').filter((queue) => !staying.has(queue)) }),
      };
      return { partitions, ...(Object.keys(options).length > 0 && { options: { ...options } }) };
    });
  }

  /** The queue itself knows what is left of it. */
  isSame(): boolean {
    return true;
  }

  positionProblem(partition: string, position: Position | undefined, { options = {} }: TaskConfig): string | undefined {
    const { foundStreams = [] }: RabbitmqTaskOptions = options;
    if (!this.#config.streams?.includes(partition) && !foundStreams.includes(partition)) return 'a queue itself knows what is left of it';
    return position === undefined || /^\d{1,15}(#[0-9a-f]{12})?$/.test(position) ? undefined : 'an offset of a stream is a whole number';
  }

  async pending(split: readonly TaskConfig[], positions: ReadonlyMap<string, Position>): Promise<PendingPartitions> {
    const { pendingPartitions } = await import('./pending-partitions.ts');
    const { signal } = this.#context;
    return untilAborted(pendingPartitions((await this.#pool()).lender(signal), this.#config, split, positions), signal);
  }

  /** Connections stay in the cache, for the next plan. */
  async stop(): Promise<void> {}

  /** Queues that stay without a consumer; undefined where the configuration says how to read all of them, or nobody answers. */
  async #staying(queues: readonly string[], facts: Selection['facts']): Promise<ReadonlySet<string> | undefined> {
    if (facts !== undefined) return new Set(queues.filter((queue) => facts.get(queue)?.auto_delete === false));
    if (this.#config.readBy !== 'auto' || queues.length === 0) return undefined;
    const { stayingQueues } = await import('./plan/selection.ts');
    const { signal, logger } = this.#context;
    try {
      const pool = await this.#pool();
      const connection = await pool.lend(signal);
      try {
        return await untilAborted(stayingQueues(connection, queues), signal);
      } finally {
        pool.giveBack(connection);
      }
    } catch (error) {
      throwIfAborted(signal);
      const message = 'could not ask which queues stay without a consumer; all are read message by message';
      logger.warn(message, { error: toConnectError(error).message });
      return undefined;
    }
  }

  async #pool(): Promise<ConnectionPool> {
    const { ConnectionPool, connectionKey } = await import('./protocol/connection-pool.ts');
    const open = async () => new ConnectionPool(this.#config, 'source');
    return this.#context.clients.get(connectionKey(this.#config, 'source'), open, (opened) => opened.close());
  }
}

const listed = (option: 'foundQueues' | 'foundStreams', names: readonly string[]): RabbitmqTaskOptions =>
  names.length === 0 ? {} : { [option]: names };
