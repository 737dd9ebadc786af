import type { Position, TaskConfig } from '../../../api/index.ts';
import { STREAM } from '../position/position.ts';
import { qualifiedName } from '../tables/table-name.ts';
import { DONE } from './snapshot-position.ts';
import { resumeAt } from './stream-gate.ts';
import { isOnDemand, type PlannedRange, type PlannedStream, snapshotOf, taskOptions } from './task-options.ts';

/** The split in force, and how far its tasks are. */
export class PlanBefore {
  /** Partitions by task. */
  readonly partitions: ReadonlyArray<readonly string[]>;
  readonly ranges: ReadonlyMap<string, PlannedRange>;
  readonly stream: PlannedStream | undefined;
  readonly #positions: ReadonlyMap<string, Position>;

  constructor(previous: readonly TaskConfig[], positions: ReadonlyMap<string, Position>) {
    const options = previous.map(taskOptions);
    this.partitions = previous.map(({ partitions }) => partitions);
    this.ranges = new Map(options.flatMap(({ ranges = {} }) => Object.entries(ranges)));
    this.stream = options.find(({ stream }) => stream !== undefined)?.stream;
    this.#positions = positions;
  }

  /** Number of the last snapshot; 0: there was none. */
  get snapshot(): number {
    return Math.max(this.stream?.lastSnapshot ?? 0, ...[...this.ranges.keys()].map(snapshotOf));
  }

  /** Full names of tables that are read on demand, and not to their ends. */
  get onDemand(): ReadonlySet<string> {
    const open = [...this.ranges].filter(([partition]) => isOnDemand(partition) && !this.isDone(partition));
    return new Set(open.map(([, { database, table }]) => qualifiedName(database, table)));
  }

  isDone(partition: string): boolean {
    return this.#positions.get(partition) === DONE;
  }

  /** Where the stream goes on; undefined where that is left to the configuration. */
  get resume(): Position | undefined {
    return this.stream && resumeAt(this.stream, this.#positions.get(STREAM));
  }
}
