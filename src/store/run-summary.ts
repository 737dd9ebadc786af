/** A partition that a run could not go on with. The next run tries again. */
export interface StoppedPartition {
  readonly partition: string;
  /** `partition@id` of the record that it stands at; absent where no record is at fault. `skip` takes it. */
  readonly place?: string;
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  /** It may go on by itself. */
  readonly retriable: boolean;
}

/** A record that a user let a run pass over. */
export interface SkippedPlace {
  readonly place: string;
  /** Why it could not be copied. */
  readonly reason: string;
}

/** What one invocation did; also the body of its run item. */
export interface RunSummary {
  readonly startedAt: number;
  readonly endedAt: number;
  /** `quiet`: nothing more came, and the source does not tell whether more is there. */
  readonly outcome: 'caught-up' | 'quiet' | 'waiting' | 'limit' | 'deadline' | 'interrupted' | 'failed';
  readonly records: number;
  readonly bytes: number;
  readonly deadLetters: number;
  readonly lagRecords?: number;
  readonly lagMs?: number;
  /** What other tasks have to do first; with `waiting`. */
  readonly waitsFor?: string;
  /** Why the end of the source is not known; with `quiet`. */
  readonly endUnknown?: string;
  /** Partitions that stand still, the first ten; the others were copied. */
  readonly stopped?: readonly StoppedPartition[];
  /** All that stand still, where there are more than ten. */
  readonly stoppedPartitions?: number;
  /** What the run passed over because a user said so, the first ten. */
  readonly skipped?: readonly SkippedPlace[];
  /** What a person should know about the run, the first ten sentences. */
  readonly notices?: readonly string[];
  readonly dynamodbRequests?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface Counters {
  readonly invocations: number;
  readonly records: number;
  readonly bytes: number;
  readonly deadLetters: number;
  readonly dynamodbRequests: number;
}
