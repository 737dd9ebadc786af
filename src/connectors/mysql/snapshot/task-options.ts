import type { Position, TaskConfig } from '../../../api/index.ts';
import type { LogPlace } from '../position.ts';
import type { KeyRange } from './key-range.ts';

/** One range of one table, a partition of its own. */
export interface PlannedRange extends KeyRange {
  readonly database: string;
  readonly table: string;
  /** The end of the log before the snapshot. */
  readonly log: LogPlace;
}

/** What the plan tells the task that reads the log. */
export interface PlannedStream {
  /** Number of the last snapshot, from 1; 0: there was none. The log waits for it. */
  readonly snapshot: number;
  /** Ranges in the plan that are not known to be read. */
  readonly open: number;
  /** Where the log was before snapshot number `begins`; absent: the configuration says where to begin. */
  readonly from?: Position;
  /** Positions of the stream from before this snapshot are void. */
  readonly begins: number;
  /** Tables that are in the log from here on, as configured. A table that another selection adds needs a snapshot. */
  readonly selection: PlannedSelection;
}

export interface PlannedSelection {
  readonly tables: readonly string[];
  readonly excludeTables: readonly string[];
}

/** `options` of a task config: what the plan says about its partitions. */
export interface MysqlTaskOptions {
  readonly stream?: PlannedStream;
  readonly ranges?: Readonly<Record<string, PlannedRange>>;
}

export const taskOptions = ({ options }: TaskConfig): MysqlTaskOptions => options ?? {};

const PREFIX = 'snapshot:';

/** `snapshot:1:shop.orders#4`: range 4 of a table in snapshot 1. */
export const rangePartition = (snapshot: number, { database, table }: PlannedRange, index: number): string =>
  `${PREFIX}${snapshot}:${database}.${table}#${index}`;

export const isRange = (partition: string): boolean => partition.startsWith(PREFIX);
export const snapshotOf = (partition: string): number => Number(partition.split(':')[1]);
