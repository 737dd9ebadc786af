import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '../../src/api/index.ts';
import type { ConnectorSpec } from '../../src/config/connector-spec.ts';
import { createSecretResolver } from '../../src/config/secrets.ts';
import { connectorTypes, taskClasses } from '../../src/connectors/registry.ts';
import { peekTopic } from '../../src/rocketmq/peek-topic.ts';
import { createPlanner } from '../../src/runtime/planner/planner.ts';
import type { PlannerDeps } from '../../src/runtime/planner/planner-deps.ts';
import type { PlanResult } from '../../src/runtime/planner-api.ts';
import type { TaskDeps, TaskOutcome } from '../../src/runtime/run/contracts.ts';
import { runTask } from '../../src/runtime/run-task.ts';
import { WarmClients } from '../../src/runtime/warm-clients.ts';
import type { ConnectStore, TaskRef } from '../../src/store/store.ts';
import { checkTopic } from '../../src/transport/check-topic.ts';
import type { TaskTrigger } from '../../src/triggers/trigger.ts';

const WAIT_MS = 50;

/** Takes every start and does nothing about it: the test decides what runs when. */
export const noTrigger: TaskTrigger = {
  async fire() {},
  async hasten() {},
  async sync({ tasks }) {
    return { created: tasks, changed: 0, deleted: 0, kept: 0 };
  },
  async close() {},
};

/** Planner and tasks in this process, on real servers, with the given store. Close it at the end. */
export class TestRuntime {
  readonly clients = new WarmClients();
  readonly store: ConnectStore;
  /** How far the store's clock is ahead. */
  readonly laterMs: number;
  readonly #parts;

  constructor(store: ConnectStore, laterMs = 0) {
    this.store = store;
    this.laterMs = laterMs;
    this.#parts = { store, resolveSecrets: createSecretResolver(), clients: this.clients, logger: silentLogger };
  }

  get taskDeps(): TaskDeps {
    return {
      ...this.#parts,
      continuation: noTrigger,
      taskClasses,
      loadRocketmq: () => import('../../src/transport/index.ts'),
      loadQueues: () => import('../../src/rocketmq/queues.ts'),
    };
  }

  get plannerDeps(): PlannerDeps {
    return {
      ...this.#parts,
      schedules: noTrigger,
      trigger: noTrigger,
      connectorTypes,
      parseConnectorFile: async (file) => file as ConnectorSpec,
      checkTopic,
      loadQueueChecks: () => import('../../src/rocketmq/queue-checks.ts'),
      peekTopic,
      loadLetters: () => import('../../src/rocketmq/letters.ts'),
      loadRocketmq: () => import('../../src/transport/index.ts'),
      taskClasses,
      owner: `test ${process.pid}`,
      deadline: () => Date.now() + this.laterMs + 60_000,
    };
  }

  /** Applies a spec that is already valid; throws what the planner reports. */
  async apply(spec: ConnectorSpec): Promise<PlanResult> {
    const response = await createPlanner(this.plannerDeps).handle({ action: 'apply', file: spec });
    if (!response.ok) throw new Error(`${response.error.code}: ${response.error.message}`);
    return response.result as PlanResult;
  }

  run(ref: TaskRef, deadlineMs = 30_000, signal = new AbortController().signal): Promise<TaskOutcome> {
    return runTask(ref, this.taskDeps, { deadline: Date.now() + this.laterMs + deadlineMs, owner: `test ${process.pid}`, signal });
  }

  /** Every task of the connector, again and again, until each is caught up. */
  async runToEnd(connector: string): Promise<void> {
    const tasks = await this.store.listTasks(connector);
    const failed = new AbortController();
    await Promise.all(tasks.map((ref) => this.#taskToEnd(ref, failed)));
  }

  /** `failed`: one of the tasks that are run has, which others may wait for. */
  async #taskToEnd(ref: TaskRef, failed: AbortController): Promise<void> {
    while (!failed.signal.aborted) {
      const { outcome, summary } = await this.run(ref);
      if (outcome === 'ran' && summary?.outcome === 'caught-up') return;
      if (summary?.outcome === 'waiting') await sleep(WAIT_MS);
      if (outcome === 'ran' || outcome === 'busy') continue;
      failed.abort();
      throw new Error(`task ${ref.task}: ${outcome} ${JSON.stringify(summary?.error)}`);
    }
  }

  async close(): Promise<void> {
    await this.clients.close();
    this.store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
