import type { Counters } from '../store/store.ts';
import type { Prices } from './prices.ts';

/** What AWS bills separately. */
export const PARTS = ['duration', 'requests', 'dynamodb', 'sqs', 'scheduler', 'logs'] as const;
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
  /** Starts by EventBridge Scheduler that are not free. Default 0. */
  readonly billedStarts?: number;
}

const MILLION = 1e6;
const DEFAULT_MEMORY_MB = 1_024;
/** A message that starts a task is sent, received and deleted. */
export const SQS_REQUESTS = 3;
/** What an invocation logs: Lambda's own lines and ours. */
export const LOG_BYTES = 1_400;

/** Returns what it costs at these prices. */
export function costOf({ usage, memoryMb = DEFAULT_MEMORY_MB, billedStarts = 0 }: Used, prices: Prices): Cost {
  const { invocations, durationMs = 0, writeUnits = 0, readUnits = 0 } = usage;
  const parts: Record<Part, number> = {
    duration: (durationMs / 1_000) * (memoryMb / 1_024) * prices.lambdaGbSecond,
    requests: (invocations / MILLION) * prices.lambdaMillionRequests,
    dynamodb: (writeUnits / MILLION) * prices.dynamodbMillionWriteUnits + (readUnits / MILLION) * prices.dynamodbMillionReadUnits,
    sqs: ((invocations * SQS_REQUESTS) / MILLION) * prices.sqsMillionRequests,
    scheduler: (billedStarts / MILLION) * prices.schedulerMillion,
    logs: ((invocations * LOG_BYTES) / 1e9) * prices.logsGb,
  };
  return { parts, dollars: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}
