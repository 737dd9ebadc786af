/** A partition that a run could not go on with. The next run tries again. */
export interface StoppedPartition {
  readonly partition: string;
  /** `partition@id` of the record that it stands at; absent where no record is at fault. `skip` takes it. */
  readonly place?: string;
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  /** The partition may go on by itself. */
  readonly retriable: boolean;
}

/** A record that a user let a run pass over. */
export interface SkippedPlace {
  readonly place: string;
  /** Why it could not be copied. */
  readonly reason: string;
}

/** What one invocation did. It is also the body of its run item. */
export interface RunSummary {
  readonly startedAt: number;
  readonly endedAt: number;
  /** `quiet` means that nothing more came, and the source does not say whether more is there. */
  readonly outcome: 'caught-up' | 'quiet' | 'waiting' | 'limit' | 'deadline' | 'interrupted' | 'failed';
  readonly records: number;
  readonly bytes: number;
  readonly deadLetters: number;
  readonly lagRecords?: number;
  readonly lagMs?: number;
  /** With `waiting`: what other tasks have to do first. */
  readonly waitsFor?: string;
  /** With `quiet`: why the end of the source is not known. */
  readonly endUnknown?: string;
  /** The first ten partitions that stand still. The others were copied. */
  readonly stopped?: readonly StoppedPartition[];
  /** How many partitions stand still, where there are more than ten. */
  readonly stoppedPartitions?: number;
  /** The first ten places that the run passed over because a user said so. */
  readonly skipped?: readonly SkippedPlace[];
  /** The first ten sentences that a person should know about the run. */
  readonly notices?: readonly string[];
  readonly dynamodbRequests?: number;
  /** A continuation follows a run that left something, or that a plan ended. Absent in runs of earlier versions. */
  readonly startedBy?: 'schedule' | 'event' | 'person' | 'continuation';
  readonly error?: { readonly code: string; readonly message: string };
  /** The memory of the function that ran it, in MiB. Absent where no function did. */
  readonly memoryMb?: number;
}

/** What runs did and used, all of a task's or one run's. */
export interface Counters {
  /** Runs: starts that took the task's lease. */
  readonly invocations: number;
  readonly records: number;
  readonly bytes: number;
  readonly deadLetters: number;
  readonly dynamodbRequests: number;
  /** Runs that failed. Absent for none, as are those below. */
  readonly failures?: number;
  /** Time of the invocations, with a cold start, until their runs were stored, in ms. */
  readonly durationMs?: number;
  /** What DynamoDB bills for writes: a unit for each KB of an item. */
  readonly writeUnits?: number;
  /** What DynamoDB bills for reads: a unit for each 4 KB, half of it where the read may be a moment old. */
  readonly readUnits?: number;
}

/** A run as its item keeps it. */
export interface RunItem extends RunSummary {
  /** What this run alone added to the task's counters. */
  readonly usage?: Counters;
  /** The task's counters when it had ended. So one run tells what all runs before it used, also those without an item. */
  readonly total?: Counters;
}
