import fc from 'fast-check';
import type { ConnectorMetrics, ConnectorState, TaskMetrics, TaskState } from '../../../src/runtime/planner-api.ts';

export const STATES = ['RUNNING', 'IDLE', 'DEGRADED', 'PAUSED', 'STOPPED', 'FAILED', 'RETRYING', 'PLANNING'] as const satisfies TaskState[];

const CONNECTOR_STATES = ['RUNNING', 'DEGRADED', 'STALLED', 'FAILED', 'PAUSED', 'STOPPED'] as const satisfies ConnectorState[];

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const time = fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 });

const measuredTask = (task: number): fc.Arbitrary<TaskMetrics> =>
  fc.record(
    {
      task: fc.constant(task),
      state: fc.constantFrom(...STATES),
      partitions: count,
      stopped: count,
      counters: fc.record(
        {
          ...{ invocations: count, records: count, bytes: count, deadLetters: count, dynamodbRequests: count },
          ...{ failures: count, durationMs: fc.double({ min: 0, max: 1e15, noNaN: true }), writeUnits: count, readUnits: count },
        },
        { requiredKeys: ['invocations', 'records', 'bytes', 'deadLetters', 'dynamodbRequests'] },
      ),
      leaseUntil: time,
      lastRecordAt: time,
      lastRun: fc.record(
        {
          startedAt: time,
          endedAt: time,
          outcome: fc.constant('limit' as const),
          records: count,
          lagRecords: count,
          lagMs: count,
          memoryMb: count,
        },
        { requiredKeys: ['startedAt', 'endedAt', 'outcome', 'records'] },
      ),
      failure: fc.record({ code: fc.constant('TIMEOUT'), count, at: time, notBefore: time, fatal: fc.boolean() }),
    },
    { requiredKeys: ['task', 'state', 'partitions', 'stopped', 'counters'] },
  );

/** Connectors as the planner measures them, with names and topics that text formats stumble over. */
export const measured: fc.Arbitrary<ConnectorMetrics[]> = fc.uniqueArray(
  fc.nat({ max: 4 }).chain((tasks) =>
    fc.record(
      {
        name: fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,20}$/),
        type: fc.constantFrom('kafka-source', 'mysql-sink'),
        direction: fc.constantFrom('source' as const, 'sink' as const),
        desired: fc.constant('RUNNING' as const),
        state: fc.constantFrom(...CONNECTOR_STATES),
        generation: count,
        planPending: fc.boolean(),
        tasks: fc.constant(tasks),
        topic: fc.string({ unit: 'grapheme' }),
        schedule: fc.constantFrom('rate(1 minute)', 'a "quoted" \\ one\nof two lines'),
        plannedAt: time,
        ageMs: count,
        targetMs: count,
        taskMetrics: fc.tuple(...Array.from({ length: tasks }, (_, task) => measuredTask(task))) as fc.Arbitrary<TaskMetrics[]>,
      },
      { requiredKeys: ['name', 'type', 'direction', 'desired', 'state', 'generation', 'planPending', 'tasks', 'taskMetrics'] },
    ),
  ),
  { selector: ({ name }) => name, maxLength: 4 },
);
