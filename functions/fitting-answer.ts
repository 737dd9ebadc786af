import type { PlannerResponse, PlanResult, StatusResult } from '../src/runtime/planner-api.ts';

/** Lambda refuses an answer of more than 6 MB, when the work is done. */
const MAX_BYTES = 5_500_000;
/** How many names of partitions a task shows, in a plan that does not fit. */
const NAMES_SHOWN = 3;

/** Metrics or an overview. */
interface ConnectorsPage {
  readonly connectors: ReadonlyArray<{ readonly name: string }>;
  readonly next?: string;
}

/**
 * Shortens an answer until it fits. A status keeps the tasks that fit, and names the first that does not as `next`: the caller asks for the
 * rest. Metrics and overviews do the same with connectors. A plan keeps a few names of partitions for each task, and all its counts.
 */
export function fitting(response: PlannerResponse, maxBytes = MAX_BYTES): PlannerResponse {
  if (!response.ok || bytesOf(response) <= maxBytes) return response;
  const result = response.result as { readonly taskStatus?: unknown; readonly tasks?: unknown; readonly connectors?: unknown };
  if (Array.isArray(result.taskStatus)) return { ok: true, result: page(response.result as StatusResult, maxBytes) };
  if (Array.isArray(result.connectors)) return { ok: true, result: connectorsPage(response.result as ConnectorsPage, maxBytes) };
  if (Array.isArray(result.tasks)) return { ok: true, result: shortened(response.result as PlanResult, maxBytes) };
  return response;
}

function page(status: StatusResult, maxBytes: number): StatusResult {
  const { taskStatus, ...summary } = status;
  // A single task always fits, because an item of the table holds it.
  const count = fittingCount(taskStatus, maxBytes - bytesOf({ summary, next: Number.MAX_SAFE_INTEGER, taskStatus: [] }));
  const next = taskStatus[count]?.task;
  return { ...summary, taskStatus: taskStatus.slice(0, count), ...(next === undefined ? {} : { next }) };
}

/** A single connector always fits: a task has some 450 bytes in metrics and less in an overview, and 10,000 is the most. */
function connectorsPage({ connectors, next: after }: ConnectorsPage, maxBytes: number): ConnectorsPage {
  const count = fittingCount(connectors, maxBytes - bytesOf({ connectors: [], next: 'n'.repeat(64) }));
  const next = connectors[count]?.name ?? after;
  return { connectors: connectors.slice(0, count), ...(next === undefined ? {} : { next }) };
}

/** Returns how many of the first fit, at least one. */
function fittingCount(values: readonly unknown[], maxBytes: number): number {
  let left = maxBytes;
  const fits = values.findIndex((value) => {
    left -= bytesOf(value) + 1;
    return left < 0;
  });
  return Math.max(1, fits === -1 ? values.length : fits);
}

function shortened(plan: PlanResult, maxBytes: number): PlanResult {
  const few = (names: readonly string[], shown: number) => names.slice(0, shown);
  const withNames = (shown: number): PlanResult => ({
    ...plan,
    tasks: plan.tasks.map((task) => ({
      ...task,
      partitions: few(task.partitions, shown),
      gained: few(task.gained, shown),
      lost: few(task.lost, shown),
    })),
  });
  const short = withNames(NAMES_SHOWN);
  return bytesOf(short) <= maxBytes ? short : withNames(0);
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
