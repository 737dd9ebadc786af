import type { RunProgress, TaskTotals } from '../target/run-totals.ts';
import { bytes, duration, number } from './numbers.ts';
import { renderTable } from './table.ts';

const perSecond = (records: number, elapsedMs: number) => number(Math.round((records * 1_000) / Math.max(1, elapsedMs)));

/**
 * Returns one line: `flights: 120,000 of 480,000 records, 9.6 MB, 40,000/s, 9.0 s left, 1 of 4 tasks done`. If everything waits for
 * something, the line starts with that.
 */
export function renderProgress(connector: string, progress: RunProgress): string {
  const { tasks, ended, elsewhere, records, bytes: size, total, waits, elapsedMs } = progress;
  const parts = [
    ...(waits === undefined ? [] : [renderWait(waits)]),
    total === undefined ? `${number(records)} records` : `${number(records)} of ${number(total)} records`,
    bytes(size),
    `${perSecond(records, elapsedMs)}/s`,
    ...(total === undefined || records === 0 || waits !== undefined ? [] : [`${duration(((total - records) * elapsedMs) / records)} left`]),
    `${ended} of ${tasks} tasks done`,
    ...(elsewhere === 0 ? [] : [`${elsewhere} run elsewhere`]),
  ];
  return `${connector}: ${parts.join(', ')}`;
}

/** Returns `waiting 12.0 s for RocketMQ at 127.0.0.1:9876`. */
export const renderWait = (waits: NonNullable<RunProgress['waits']>): string => `waiting ${duration(waits.ms)} for ${waits.for}`;

/** Returns a table with a row for each task. */
export function renderTotals(totals: readonly TaskTotals[]): string {
  const head = ['task', 'outcome', 'invocations', 'records', 'bytes', 'records/s', 'dead letters', 'DynamoDB requests', 'lag', 'time'];
  const rows = totals.map((task) => [
    String(task.task),
    outcomeOf(task),
    String(task.invocations),
    number(task.records),
    bytes(task.bytes),
    perSecond(task.records, task.elapsedMs),
    String(task.deadLetters),
    String(task.dynamodbRequests),
    task.lagRecords === undefined ? '-' : number(task.lagRecords),
    duration(task.elapsedMs),
  ]);
  return renderTable(head, rows);
}

/** Returns an outcome such as `caught-up, 2 partitions stopped`. */
export function outcomeOf({
  outcome,
  stopped,
  stoppedPartitions,
}: Pick<TaskTotals, 'stopped' | 'stoppedPartitions'> & { readonly outcome: string }): string {
  const count = stoppedPartitions ?? stopped?.length ?? 0;
  return count === 0 ? outcome : `${outcome}, ${count} partition${count === 1 ? '' : 's'} stopped`;
}
