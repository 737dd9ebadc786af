import type { TaskItem } from '../store/store.ts';

/** The name of the connector under test. */
export const NAME = 'conformance';

/** A task that was never run. */
export const idle = (task: number): TaskItem => ({
  connector: NAME,
  task,
  generation: 1,
  positions: new Map(),
  epoch: 1,
  leaseUntil: 0,
  paused: false,
  rerun: false,
  skips: new Set(),
  counters: { invocations: 0, records: 0, bytes: 0, deadLetters: 0, dynamodbRequests: 0 },
});
