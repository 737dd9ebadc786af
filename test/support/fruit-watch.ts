import { z } from 'zod';
import { type Connector, type ConnectorType, silentLogger } from '../../src/api/index.ts';
import { WarmClients } from '../../src/runtime/warm-clients.ts';
import type { WatchDeps } from '../../src/runtime/watch/watch-deps.ts';
import type { WatchStore } from '../../src/store/store.ts';
import type { TaskEvent } from '../../src/triggers/trigger.ts';
import { noTrigger } from './runtime.ts';

/** What looks are taken with at a connector of `FruitPlanner`, whose system says what a test says. It counts what is asked and started. */
export class FruitWatch {
  readonly started: TaskEvent[] = [];
  /** What looks made of the interval of their schedule: `orders--watch-1f8ac10f 45`. */
  readonly paced: string[] = [];
  /** How often the system was asked. */
  asked = 0;
  /** Of the partitions that it is asked about. */
  isPending: (partition: string, position: string | undefined) => boolean = () => false;
  /** What the system answers instead, or throws. */
  answer: (() => 'unknown') | undefined;
  /** Called before each start. */
  beforeFire: () => void = () => {};

  deps(store: WatchStore): WatchDeps {
    const connector: Connector = {
      taskClass: 'FruitTask',
      check: async () => [],
      taskConfigs: async () => [],
      pending: async (split, positions) => {
        this.asked += 1;
        if (this.answer !== undefined) return this.answer();
        return new Set(split.flatMap(({ partitions }) => partitions).filter((name) => this.isPending(name, positions.get(name))));
      },
      stop: async () => undefined,
    };
    const type: ConnectorType = { type: 'fruit-source', direction: 'source', summary: 'Fruit.', config: z.any(), create: () => connector };
    const fire = async (events: readonly TaskEvent[]) => {
      this.beforeFire();
      this.started.push(...events);
    };
    return {
      store,
      trigger: { ...noTrigger, fire },
      pace: { set: async ({ name }, minutes) => void this.paced.push(`${name} ${minutes}`) },
      connectorTypes: { 'fruit-source': async () => type },
      loadQueues: () => Promise.reject(new Error('no queue is read here')),
      resolveSecrets: async (value) => value,
      clients: new WarmClients(),
      logger: silentLogger,
    };
  }
}
