import type { ConnectorMetrics, TaskMetrics } from '../runtime/planner-api.ts';
import type { Family } from './exposition.ts';
import { labelsOf, type MeasuredTask, perTask } from './task-families.ts';

/** Kafka Connect's words. What is idle, tried again or copied in part runs there. */
const STATUS: Readonly<Record<string, string>> = { FAILED: 'failed', PAUSED: 'paused', STOPPED: 'stopped', PLANNING: 'restarting' };

const statusOf = (state: string): string => STATUS[state] ?? 'running';

/**
 * Returns the metrics by the names that the usual rules of Prometheus' JMX exporter give those of Kafka Connect, for dashboards that exist.
 * As there, a status is one series, not one for each status: dashboards count the series.
 */
export function kafkaFamilies(connectors: readonly ConnectorMetrics[], tasks: readonly MeasuredTask[]): Family[] {
  const of = perTask(tasks);
  const sources = tasks.filter(({ connector }) => connector.direction === 'source');
  const sinks = tasks.filter(({ connector }) => connector.direction === 'sink');
  const counter = (name: string, help: string, chosen: readonly MeasuredTask[], measure: (task: TaskMetrics) => number): Family =>
    perTask(chosen)({ name: `kafka_connect_${name}`, type: 'counter', help }, measure);
  const records = ({ counters }: TaskMetrics) => counters.records;
  const read = ({ counters }: TaskMetrics) => counters.records + counters.deadLetters;
  return [
    worker('connector_count', 'Connectors.', connectors.length),
    worker('task_count', 'Tasks.', tasks.length),
    ...['running', 'failed', 'paused', 'stopped', 'restarting'].map((status) => taskCount(status, connectors)),
    {
      name: 'kafka_connect_connector_status',
      type: 'gauge',
      help: 'Status of a connector.',
      samples: connectors.map(({ name, state }) => ({ labels: { connector: name, status: statusOf(state) }, value: 1 })),
    },
    {
      name: 'kafka_connect_connector_task_status',
      type: 'gauge',
      help: 'Status of a task.',
      samples: tasks.map((measured) => ({ labels: { ...labelsOf(measured), status: statusOf(measured.task.state) }, value: 1 })),
    },
    counter('source_task_source_record_poll', 'Records that were read.', sources, read),
    counter('source_task_source_record_write', 'Records that RocketMQ has acknowledged.', sources, records),
    counter('sink_task_sink_record_read', 'Records that were read.', sinks, read),
    counter('sink_task_sink_record_send', 'Records that the target has.', sinks, records),
    of(
      { name: 'kafka_connect_task_error_total_record_errors', type: 'unknown', help: 'Runs that failed.' },
      ({ counters }) => counters.failures ?? 0,
    ),
    of(
      { name: 'kafka_connect_task_error_total_record_failures', type: 'unknown', help: 'Records that were refused for good.' },
      ({ counters }) => counters.deadLetters,
    ),
    of(
      { name: 'kafka_connect_task_error_deadletterqueue_produce_requests', type: 'unknown', help: 'Dead letters.' },
      ({ counters }) => counters.deadLetters,
    ),
    of(
      { name: 'kafka_connect_task_error_last_error_timestamp', type: 'gauge', help: 'When the task failed, where it has, ms since 1970.' },
      ({ failure }) => failure?.at,
    ),
  ];
}

const worker = (name: string, help: string, value: number): Family => ({
  name: `kafka_connect_worker_${name}`,
  type: 'gauge',
  help,
  samples: [{ labels: {}, value }],
});

const taskCount = (status: string, connectors: readonly ConnectorMetrics[]): Family => ({
  name: `kafka_connect_worker_connector_${status}_task_count`,
  type: 'gauge',
  help: `Tasks with status ${status}.`,
  samples: connectors.map(({ name, taskMetrics }) => ({
    labels: { connector: name },
    value: taskMetrics.filter(({ state }) => statusOf(state) === status).length,
  })),
});
