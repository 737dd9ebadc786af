import type { ConnectorSpec } from '../../src/config/connector-spec.ts';
import { idle } from '../../src/conformance/test-connector.ts';
import { specId } from '../../src/store/spec-id.ts';
import type { PlannedTask, TaskItem } from '../../src/store/store.ts';

/** A valid spec with small numbers; tests override what they are about. */
export function connectorSpec(overrides: Partial<ConnectorSpec> = {}): ConnectorSpec {
  return {
    name: 'orders',
    type: 'kafka-source',
    direction: 'source',
    maxTasks: 4,
    trigger: { timeZone: 'UTC' },
    system: { topics: ['orders'] },
    rocketmq: {
      endpoints: '127.0.0.1:8081',
      topic: 'orders',
      namespace: '',
      tls: false,
      requestTimeoutMs: 3_000,
      maxMessageBytes: 4 * 1024 * 1024,
    },
    batch: { maxRecords: 1_000_000, maxBytes: 1e9, maxDurationMs: 60_000, maxInFlightBytes: 32e6, checkpointIntervalMs: 10_000 },
    errors: { tolerance: 'fail', maxFailures: 5, backoffMs: 1_000, maxBackoffMs: 60_000 },
    ...overrides,
  };
}

export function plannedTask(partitions: readonly string[], spec: ConnectorSpec = connectorSpec()): PlannedTask {
  return { taskClass: 'KafkaSourceTask', taskConfig: { partitions }, spec: specId(spec) };
}

/** The item of a task that was never run. */
export const idleTask = (overrides: Partial<TaskItem> = {}): TaskItem => ({ ...idle(0), connector: 'orders', ...overrides });
