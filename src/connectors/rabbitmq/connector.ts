import { assignSticky, type Connector, type ConnectorContext, type Finding, type TaskConfig } from '../../api/index.ts';
import type { RabbitmqSourceConfig } from './config.ts';
import { plannedPartitions } from './partition-name.ts';
import type { RabbitmqTaskOptions } from './task-options.ts';

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
    const [{ checkRabbitmq }, { ConnectionPool, connectionKey }] = await Promise.all([
      import('./check.ts'),
      import('./connection-pool.ts'),
    ]);
    const open = async () => new ConnectionPool(this.#config);
    const pool = await this.#context.clients.get(connectionKey(this.#config), open, (opened) => opened.close());
    return checkRabbitmq(pool, this.#config, this.#context);
  }

  /** Where the management API can be asked, it names what pattern and super streams stand for, and queues that stay without a consumer. */
  async taskConfigs(maxTasks: number, previous: readonly TaskConfig[]): Promise<TaskConfig[]> {
    const { select } = await import('./selection.ts');
    const { queues, streams, facts } = await select(this.#config, this.#context.signal);
    const { consumersPerQueue } = this.#config;
    const planned = plannedPartitions({ queues, streams, consumersPerQueue });
    const before = previous.map(({ partitions }) => partitions);
    const stays = (queue: string) => facts?.get(queue)?.auto_delete === false;
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
        ...(facts !== undefined && { mayGo: names('queue').filter((queue) => !stays(queue)) }),
      };
      return { partitions, ...(Object.keys(options).length > 0 && { options: { ...options } }) };
    });
  }

  /** The queue itself knows what is left of it. */
  isSame(): boolean {
    return true;
  }

  /** Connections stay in the cache, for the next plan. */
  async stop(): Promise<void> {}
}

const listed = (option: 'foundQueues' | 'foundStreams', names: readonly string[]): RabbitmqTaskOptions =>
  names.length === 0 ? {} : { [option]: names };
