import type { ConnectorMetrics, TaskMetrics } from '../runtime/planner-api.ts';
import type { Family, Sample } from './exposition.ts';

/** A task with its connector. */
export interface MeasuredTask {
  readonly connector: ConnectorMetrics;
  readonly task: TaskMetrics;
}

export const TASK_STATES: readonly string[] = ['RUNNING', 'IDLE', 'DEGRADED', 'RETRYING', 'FAILED', 'PAUSED', 'STOPPED', 'PLANNING'];

export const labelsOf = ({ connector, task }: MeasuredTask) => ({ connector: connector.name, task: String(task.task) });

const SECOND_MS = 1_000;

/** `at`, ms since 1970, as an age: clocks may differ by a moment. */
const age = (at: number, now: number): number => Math.max(0, now - at) / SECOND_MS;

/** A series for each state, of which exactly one is 1. */
export function stateSamples(labels: Sample['labels'], states: readonly string[], state: string): Sample[] {
  const known = states.includes(state) ? states : [...states, state];
  return known.map((each) => ({ labels: { ...labels, state: each }, value: each === state ? 1 : 0 }));
}

/** Makes families of these tasks. `measure` returns undefined for a task that has no such series. */
export const perTask =
  (tasks: readonly MeasuredTask[]) =>
  (family: Omit<Family, 'samples'>, measure: (task: TaskMetrics, connector: ConnectorMetrics) => number | undefined): Family => {
    const samples = tasks.flatMap((measured) => {
      const value = measure(measured.task, measured.connector);
      return value === undefined ? [] : [{ labels: labelsOf(measured), value }];
    });
    return { ...family, samples };
  };

/** Returns what is known of each task. `now`: ms since 1970. */
export function taskFamilies(tasks: readonly MeasuredTask[], now: number): Family[] {
  const of = perTask(tasks);
  const counter = (name: string, help: string, measure: (task: TaskMetrics) => number, unit?: Family['unit']): Family =>
    of({ name: `rocketmq_connect_task_${name}`, type: 'counter', help, ...(unit !== undefined && { unit }) }, measure);
  const gauge = (name: string, help: string, measure: Parameters<typeof of>[1], unit?: Family['unit']): Family =>
    of({ name: `rocketmq_connect_task_${name}`, type: 'gauge', help, ...(unit !== undefined && { unit }) }, measure);
  return [
    {
      name: 'rocketmq_connect_task_state',
      type: 'gauge',
      help: 'State of a task: 1 for the one that it is in, 0 for all others.',
      samples: tasks.flatMap((measured) => stateSamples(labelsOf(measured), TASK_STATES, measured.task.state)),
    },
    counter('records', 'Records that the other side has acknowledged.', ({ counters }) => counters.records),
    counter('bytes', 'Keys, values and headers of these records.', ({ counters }) => counters.bytes, 'bytes'),
    counter('dead_letters', 'Records that went to the dead-letter topic.', ({ counters }) => counters.deadLetters),
    counter('invocations', 'Runs, also those that found nothing to copy.', ({ counters }) => counters.invocations),
    counter('failures', 'Runs that failed.', ({ counters }) => counters.failures ?? 0),
    counter('duration_seconds', 'Time of all runs.', ({ counters }) => (counters.durationMs ?? 0) / SECOND_MS, 'seconds'),
    counter('dynamodb_requests', 'Requests to DynamoDB.', ({ counters }) => counters.dynamodbRequests),
    counter('dynamodb_write_units', 'Write units that DynamoDB bills.', ({ counters }) => counters.writeUnits ?? 0),
    counter('dynamodb_read_units', 'Read units that DynamoDB bills.', ({ counters }) => counters.readUnits ?? 0),
    gauge('partitions', 'Partitions of the task in the plan in force.', ({ partitions }) => partitions),
    gauge('stopped_partitions', 'Partitions that stood still at the end of the last run.', ({ stopped }) => stopped),
    gauge('consecutive_failures', 'Failures in a row. A run that ends well sets it to 0.', ({ failure }) => failure?.count ?? 0),
    gauge(
      'lag_records',
      'Records that were left at the end of the last run, where the system shows them.',
      ({ lastRun }) => lastRun?.lagRecords,
    ),
    gauge(
      'lag_seconds',
      'Age of the last change that was read, where the system shows it.',
      ({ lastRun }) => (lastRun?.lagMs === undefined ? undefined : lastRun.lagMs / SECOND_MS),
      'seconds',
    ),
    gauge(
      'last_record_age_seconds',
      'Time since the last run ended that moved a record. Absent where none did.',
      ({ lastRecordAt }) => (lastRecordAt === undefined ? undefined : age(lastRecordAt, now)),
      'seconds',
    ),
    gauge(
      'last_run_age_seconds',
      'Time since the last run ended. Of a task that never ran, since its plan took effect.',
      ({ lastRun }, { plannedAt }) => {
        const at = lastRun?.endedAt ?? plannedAt;
        return at === undefined ? undefined : age(at, now);
      },
      'seconds',
    ),
    gauge(
      'last_run_duration_seconds',
      'How long the last run took.',
      ({ lastRun }) => (lastRun === undefined ? undefined : Math.max(0, lastRun.endedAt - lastRun.startedAt) / SECOND_MS),
      'seconds',
    ),
    gauge(
      'lease_seconds',
      'How long the lease of a run under way lasts at most; 0 where none is.',
      ({ leaseUntil }) => (leaseUntil === undefined ? 0 : Math.max(0, leaseUntil - now) / SECOND_MS),
      'seconds',
    ),
  ];
}
