import type { RunsResult } from '../../runtime/planner-api.ts';
import { dollars } from './cost.ts';
import { bytes, duration, number } from './numbers.ts';
import { outcomeOf } from './run.ts';
import { renderTable } from './table.ts';

/** A run with what it cost. */
type PricedRun = RunsResult['runs'][number] & { readonly dollars?: number };

/** Returns a row for each run: when it ended, what it copied and cost, and why it failed. */
export function renderRuns(runs: readonly PricedRun[]): string {
  const head = [
    'ended',
    'task',
    'started by',
    'outcome',
    'records',
    'bytes',
    'dead letters',
    'DynamoDB requests',
    'lag',
    'time',
    '$',
    'error, notices',
  ];
  const rows = runs.map((run) => [
    new Date(run.endedAt).toISOString(),
    String(run.task),
    run.startedBy ?? '-',
    outcomeOf(run),
    number(run.records),
    bytes(run.bytes),
    String(run.deadLetters),
    run.dynamodbRequests === undefined ? '-' : String(run.dynamodbRequests),
    run.lagRecords === undefined ? '-' : number(run.lagRecords),
    duration(run.endedAt - run.startedAt),
    run.dollars === undefined ? '-' : dollars(run.dollars),
    words(run),
  ]);
  return renderTable(head, rows);
}

/** Returns why the run failed, and its notices. */
function words({ error, stopped = [], skipped = [], notices = [] }: RunsResult['runs'][number]): string {
  return [
    ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
    ...(error === undefined ? stopped.map(({ partition, code, message }) => `${partition}: ${code}: ${message}`) : []),
    ...skipped.map(({ place, reason }) => `skipped ${place}: ${reason}`),
    ...notices,
  ].join('\n');
}
