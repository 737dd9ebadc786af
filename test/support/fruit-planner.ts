import { z } from 'zod';
import { type Connector, type ConnectorType, silentLogger } from '../../src/api/index.ts';
import type { ConnectorSpec } from '../../src/config/connector-spec.ts';
import { assignSticky } from '../../src/kit/index.ts';
import { createPlanner } from '../../src/runtime/planner/planner.ts';
import type { PlannerDeps } from '../../src/runtime/planner/planner-deps.ts';
import type { PlannerRequest, PlanResult } from '../../src/runtime/planner-api.ts';
import { WarmClients } from '../../src/runtime/warm-clients.ts';
import type { ConnectStore } from '../../src/store/store.ts';
import { noTrigger } from './runtime.ts';
import { connectorSpec } from './specs.ts';

/** A planner whose system shows what a test says: what a real one shows can't be changed within a moment. */
export class FruitPlanner {
  /** What the system shows, and which life of its own each has: one that is made again under its name has another. */
  partitions = new Map<string, string>();
  readonly started: number[] = [];
  readonly #deps: PlannerDeps;

  constructor(store: ConnectStore, overrides: Partial<PlannerDeps> = {}) {
    const connector: Connector = {
      taskClass: 'FruitTask',
      check: async () => [],
      taskConfigs: async (maxTasks, previous) =>
        this.#split(
          maxTasks,
          previous.map(({ partitions }) => partitions),
        ),
      isFinished: (_partition, position) => position === 'done',
      isSame: (partition, before, now) => lifeOf(before, partition) === lifeOf(now, partition),
      stop: async () => undefined,
    };
    const type: ConnectorType = { type: 'fruit-source', direction: 'source', summary: 'Fruit.', config: z.any(), create: () => connector };
    this.#deps = {
      store,
      schedules: noTrigger,
      trigger: { ...noTrigger, fire: async (tasks) => void this.started.push(...tasks.map(({ task }) => task)) },
      connectorTypes: { 'fruit-source': async () => type },
      parseConnectorFile: async (file) => file as ConnectorSpec,
      resolveSecrets: async (value) => value,
      checkTopic: async () => [],
      loadQueueChecks: () => import('../../src/rocketmq/queue-checks.ts'),
      peekTopic: () => Promise.reject(new Error('no topic is peeked into here')),
      loadLetters: () => import('../../src/rocketmq/letters.ts'),
      loadRocketmq: () => import('../../src/transport/index.ts'),
      taskClasses: {},
      owner: 'test',
      clients: new WarmClients(),
      logger: silentLogger,
      deadline: () => Date.now() + 15 * 60_000,
      ...overrides,
    };
  }

  shows(...names: readonly string[]): void {
    this.partitions = new Map(names.map((name) => [name, 'first']));
  }

  /** Throws what the planner reports. */
  async ask<R = PlanResult>(request: PlannerRequest): Promise<R> {
    const response = await createPlanner(this.#deps).handle(request);
    if (response.ok) return response.result as R;
    throw Object.assign(new Error(response.error.message), response.error);
  }

  apply(name: string, overrides: Partial<ConnectorSpec> = {}): Promise<PlanResult> {
    return this.ask({ action: 'apply', file: connectorSpec({ name, type: 'fruit-source', ...overrides }) });
  }

  #split(maxTasks: number, previous: ReadonlyArray<readonly string[]>) {
    return assignSticky([...this.partitions.keys()], maxTasks, previous).map((partitions) => ({
      partitions,
      options: { lives: Object.fromEntries(partitions.map((name) => [name, this.partitions.get(name)])) },
    }));
  }
}

const lifeOf = ({ options = {} }: { readonly options?: Readonly<Record<string, unknown>> }, partition: string) =>
  (options.lives as Record<string, string>)[partition];
