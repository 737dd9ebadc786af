import type { RunsResult } from '../../runtime/planner-api.ts';
import { bytes, duration, number } from './numbers.ts';
import { renderTable } from './table.ts';

/** A row for each run: when it ended, what it copied, and why it failed. */
export function renderRuns(runs: RunsResult['runs']): string {
  const head = ['ended', 'task', 'outcome', 'records', 'bytes', 'dead letters', 'DynamoDB requests', 'lag', 'time', 'error'];
  const rows = runs.map((run) => [
    new Date(run.endedAt).toISOString(),
    String(run.task),
    run.outcome,
    number(run.records),
    bytes(run.bytes),
    String(run.deadLetters),
    run.dynamodbRequests === undefined ? '-' : String(run.dynamodbRequests),
    run.lagRecords === undefined ? '-' : number(run.lagRecords),
    duration(run.endedAt - run.startedAt),
    run.error === undefined ? '' : `${run.error.code}: ${run.error.message}`,
  ]);
  return renderTable(head, rows);
}
