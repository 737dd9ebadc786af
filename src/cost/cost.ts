import type { Counters } from '../store/store.ts';
import type { Prices } from './prices.ts';

/** What AWS bills separately. */
export const PARTS = ['looks', 'duration', 'requests', 'dynamodb', 'sqs', 'scheduler', 'logs'] as const;
export type Part = (typeof PARTS)[number];

export interface Cost {
  /** Dollars by part. */
  readonly parts: Readonly<Record<Part, number>>;
  readonly dollars: number;
}

export interface Used {
  readonly usage: Counters;
  /** The memory of the function, in MiB. Default 1,024, which a deployment gives it. */
  readonly memoryMb?: number | undefined;
  /** How often the watch function looked at the connector, how many tasks that has, and how many of these looks EventBridge Scheduler bills. Default: never. */
  readonly looks?: { readonly count: number; readonly tasks: number; readonly billed: number };
}

const MILLION = 1e6;
const DEFAULT_MEMORY_MB = 1_024;
/** A message that starts a task is sent, received and deleted. */
export const SQS_REQUESTS = 3;
/** What an invocation logs: Lambda's own lines and ours. */
export const LOG_BYTES = 1_400;

/** Returns what it costs at these prices. */
export function costOf({ usage, memoryMb = DEFAULT_MEMORY_MB, looks = { count: 0, tasks: 0, billed: 0 } }: Used, prices: Prices): Cost {
  const { invocations, durationMs = 0, writeUnits = 0, readUnits = 0 } = usage;
  const parts: Record<Part, number> = {
    looks: looks.count * dollarsOfLook(looks.tasks, prices),
    duration: (durationMs / 1_000) * (memoryMb / 1_024) * prices.lambdaGbSecond,
    requests: (invocations / MILLION) * prices.lambdaMillionRequests,
    dynamodb: (writeUnits / MILLION) * prices.dynamodbMillionWriteUnits + (readUnits / MILLION) * prices.dynamodbMillionReadUnits,
    sqs: ((invocations * SQS_REQUESTS) / MILLION) * prices.sqsMillionRequests,
    scheduler: (looks.billed / MILLION) * prices.schedulerMillion,
    logs: ((invocations * LOG_BYTES) / 1e9) * prices.logsGb,
  };
  return { parts, dollars: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

/** A look at one task and at 1,000, as docs/cost.md assumes it. */
const LOOK = { memoryGb: 0.25, firstS: 0.15, thousandS: 1.5, connectorUnits: 0.5, taskUnits: 0.0895, leastUnits: 0.5 };

/** Returns what one look at a connector of so many tasks costs, without EventBridge Scheduler: it reads, and writes and logs nothing. */
export function dollarsOfLook(tasks: number, prices: Prices): number {
  const seconds = LOOK.firstS + ((LOOK.thousandS - LOOK.firstS) * Math.max(0, tasks - 1)) / 999;
  const readUnits = LOOK.connectorUnits + Math.max(LOOK.leastUnits, LOOK.taskUnits * tasks);
  return (
    seconds * LOOK.memoryGb * prices.lambdaGbSecond +
    prices.lambdaMillionRequests / MILLION +
    (readUnits * prices.dynamodbMillionReadUnits) / MILLION
  );
}
