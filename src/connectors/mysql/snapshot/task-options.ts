import { ConnectError, type Position, type TaskConfig } from '../../../api/index.ts';
import type { LogPlace } from '../position/position.ts';
import { qualifiedName } from '../tables/table-name.ts';
import type { Key } from './key-values.ts';
import type { KeyRange } from './table-queries.ts';

/** One range of one table, or all of a table that is read on demand: a partition of its own. */
export interface PlannedRange extends KeyRange {
  readonly database: string;
  readonly table: string;
  /** The end of the log before the snapshot. */
  readonly log: LogPlace;
}

/** What the plan tells the task that reads the log. */
export interface PlannedStream {
  /** Number of the last snapshot that the log waits for, from 1; 0: there was none. */
  readonly snapshot: number;
  /** Number of the last snapshot, on demand or not: none has it again. */
  readonly lastSnapshot: number;
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
  /** Full names of the tables of all tasks; in the first task of a plan without a log. */
  readonly tables?: readonly string[];
}

export const taskOptions = ({ options }: TaskConfig): MysqlTaskOptions => options ?? {};

const RANGE = 'snapshot:';
const ON_DEMAND = 'on-demand:';

/** `snapshot:1:shop.orders#4`: range 4 of a table in snapshot 1. The log waits for it. */
export const rangePartition = (snapshot: number, { database, table }: PlannedRange, index: number): string =>
  `${RANGE}${snapshot}:${qualifiedName(database, table)}#${index}`;

/** `on-demand:2:shop.orders`: a table in snapshot 2, read by the task that has the log, while the log goes on. */
export const onDemandPartition = (snapshot: number, { database, table }: PlannedRange): string =>
  `${ON_DEMAND}${snapshot}:${qualifiedName(database, table)}`;

/** `shop.orders` of a partition that is a range or an on-demand snapshot; undefined of the stream. */
export const tableOfRange = (partition: string): string | undefined =>
  /^(?:snapshot:\d+:(?<ranged>.+)#\d+|on-demand:\d+:(?<whole>.+))$/s
    .exec(partition)
    ?.slice(1)
    .find((table) => table !== undefined);

export const isRange = (partition: string): boolean => partition.startsWith(RANGE);
export const isOnDemand = (partition: string): boolean => partition.startsWith(ON_DEMAND);
export const snapshotOf = (partition: string): number => Number(partition.split(':')[1]);

/** Position of a range of which every row was read. */
export const DONE: Position = 'done';

/** Position behind the row with this key. */
export const positionAfter = (key: Key): Position => JSON.stringify(key);

/** The key behind which to go on, of a position that is not `DONE`. */
export function keyOfPosition(position: Position): Key {
  try {
    const key: unknown = JSON.parse(position);
    if (Array.isArray(key) && key.every((value) => typeof value === 'string')) return key;
  } catch {}
  throw new ConnectError('INTERNAL', `stored position ${JSON.stringify(position.slice(0, 200))} is not one of a snapshot`);
}
