import { randomUUID } from 'node:crypto';
import type { StackAddresses } from '../infra/local/stack.ts';
import { silentLogger } from '../src/api/index.ts';
import type { ConnectorSpec } from '../src/config/connector-spec.ts';
import { createSecretResolver } from '../src/config/secrets.ts';
import { taskClasses } from '../src/connectors/registry.ts';
import type { TaskDeps } from '../src/runtime/contracts.ts';
import { WarmClients } from '../src/runtime/warm-clients.ts';
import { createTable } from '../src/store/dynamodb/create-table.ts';
import { createDynamodbStore } from '../src/store/dynamodb-store.ts';
import type { ConnectStore, PlannedTask } from '../src/store/store.ts';
import type { TaskTrigger } from '../src/triggers/trigger.ts';

export const noTrigger: TaskTrigger = {
  async fire() {},
  async sync() {
    return { created: 0, changed: 0, deleted: 0, kept: 0 };
  },
  async close() {},
};

export async function openStore({ dynamodb }: StackAddresses): Promise<ConnectStore> {
  const table = `bench-${randomUUID().slice(0, 8)}`;
  await createTable({ table, endpoint: dynamodb });
  return createDynamodbStore({ table, endpoint: dynamodb });
}

export function taskDeps(store: ConnectStore): TaskDeps {
  return {
    store,
    continuation: noTrigger,
    taskClasses,
    loadRocketmq: () => import('../src/rocketmq/index.ts'),
    resolveSecrets: createSecretResolver(),
    clients: new WarmClients(),
    logger: silentLogger,
  };
}

/** A connector that copies `topic` of Kafka to `target` of RocketMQ, with bounds that end a run only when caught up. */
export function benchSpec(addresses: StackAddresses, name: string, topic: string, target: string): ConnectorSpec {
  return {
    name,
    type: 'kafka-source',
    direction: 'source',
    maxTasks: 1,
    trigger: { timeZone: 'UTC' },
    system: kafkaOptions(addresses.kafka, topic),
    rocketmq: { endpoints: addresses.rocketmqNamesrv, topic: target, namespace: '', tls: false, requestTimeoutMs: 3_000 },
    batch: { maxRecords: 1e9, maxBytes: 1e12, maxDurationMs: 600_000, maxInFlightBytes: 32e6, checkpointIntervalMs: 10_000 },
    errors: { tolerance: 'fail', maxFailures: 3, backoffMs: 1_000, maxBackoffMs: 60_000 },
  };
}

/** Writes a plan of the given tasks without a planner: what is measured is the task. */
export async function plan(store: ConnectStore, spec: ConnectorSpec, tasks: readonly PlannedTask[]): Promise<void> {
  const until = Date.now() + 60_000;
  const generation = await store.beginPlan(spec.name, spec);
  for (const [task, planned] of tasks.entries()) {
    await store.stage({ connector: spec.name, task }, { generation, remove: false, planned, positions: new Map() }, until);
  }
  await store.flip(spec.name, { generation, spec, tasks: tasks.length, until });
  for (const task of tasks.keys()) await store.promote({ connector: spec.name, task }, generation);
}

const kafkaOptions = (bootstrapServers: string, topic: string) => ({ bootstrapServers: [bootstrapServers], topics: [topic] });
