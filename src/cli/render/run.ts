import type { RunProgress, TaskTotals } from '../run-totals.ts';
import { bytes, duration, number } from './numbers.ts';
import { renderTable } from './table.ts';

const perSecond = (records: number, elapsedMs: number) => number(Math.round((records * 1_000) / Math.max(1, elapsedMs)));

/** One line: `flights: 120,000 records, 9.6 MB, 41,000/s, 1 of 4 tasks done`. */
export function renderProgress(connector: string, progress: RunProgress): string {
  const { tasks, ended, waiting, records, bytes: size, elapsedMs } = progress;
  const elsewhere = waiting === 0 ? '' : `, ${waiting} run elsewhere`;
  return `${connector}: ${number(records)} records, ${bytes(size)}, ${perSecond(records, elapsedMs)}/s, ${ended} of ${tasks} tasks done${elsewhere}`;
}

/** A row for each task, and why a task failed below it. */
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

/** `caught-up, 2 partitions stopped`. */
export function outcomeOf({
  outcome,
  stopped,
  stoppedPartitions,
}: Pick<TaskTotals, 'stopped' | 'stoppedPartitions'> & { readonly outcome: string }): string {
  const count = stoppedPartitions ?? stopped?.length ?? 0;
  return count === 0 ? outcome : `${outcome}, ${count} partition${count === 1 ? '' : 's'} stopped`;
}
