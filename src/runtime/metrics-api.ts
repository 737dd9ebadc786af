import type { Direction } from '../api/index.ts';
import type { LookTimes } from '../config/look-times.ts';
import type { Counters, Failure, RunSummary } from '../store/store.ts';
import type { ConnectorSummary, TaskState } from './states-api.ts';

/** What monitoring needs of a task. It has no text of an error or a record. */
export interface TaskMetrics {
  readonly task: number;
  readonly state: TaskState;
  /** How many it has, and how many of them stood still at the end of the last run. */
  readonly partitions: number;
  readonly stopped: number;
  readonly counters: Counters;
  readonly leaseUntil?: number;
  readonly lastRecordAt?: number;
  readonly lastRun?: Pick<RunSummary, 'startedAt' | 'endedAt' | 'outcome' | 'records' | 'lagRecords' | 'lagMs' | 'memoryMb'>;
  readonly failure?: Pick<Failure, 'code' | 'count' | 'at' | 'notBefore' | 'fatal'>;
}

export interface ConnectorMetrics extends Omit<ConnectorSummary, 'reason'> {
  readonly direction: Direction;
  /** The topic in RocketMQ. Absent where there are several. */
  readonly topic?: string;
  /** When the plan in force took effect, ms since 1970. */
  readonly plannedAt?: number;
  readonly taskMetrics: readonly TaskMetrics[];
}

export interface MetricsResult {
  readonly connectors: readonly ConnectorMetrics[];
  /** The answer ends here, because the whole would be too long for its transport. `metrics` with this as `from` brings the rest. */
  readonly next?: string;
}

/** With a freshness it has the times between looks. */
export interface UsageResult extends Partial<LookTimes> {
  readonly connector: string;
  /** The time it is about, ms since 1970. */
  readonly from: number;
  readonly until: number;
  /** Of all tasks together. Between two runs that have an item, runs without one are spread evenly. */
  readonly usage: Counters;
  /** The memory of the function, in MiB. Absent where no function ran them. */
  readonly memoryMb?: number;
  readonly tasks: number;
  readonly schedule?: string;
  readonly timeZone: string;
}
