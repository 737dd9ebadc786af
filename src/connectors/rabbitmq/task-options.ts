/** What a plan tells a task besides its configuration. */
export interface RabbitmqTaskOptions {
  /** Queues of the task that the pattern found. */
  readonly foundQueues?: readonly string[];
  /** Streams of the task that belong to super streams. */
  readonly foundStreams?: readonly string[];
  /** Queues of the task that may be deleted with their last consumer. Absent where nobody told: any may. */
  readonly mayGo?: readonly string[];
}
