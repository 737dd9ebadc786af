import type { TaskRef } from '../store/store.ts';

/** When a connector's tasks start by themselves. */
export interface Schedule {
  /** `rate(5 minutes)`, `cron(0 3 * * ? *)` or `at(2026-12-24T18:00:00)`: EventBridge Scheduler's expressions. */
  readonly expression: string;
  /** IANA name; default UTC. */
  readonly timeZone: string;
  /** Tasks start at times of their own within so many minutes after the scheduled one, 1 to 1,440. Absent: all at that time. */
  readonly windowMinutes?: number;
}

/** What must stand for a connector: one schedule per task, or none. */
export interface Standing {
  readonly connector: string;
  /** Indexes of the tasks of the plan in force. */
  readonly tasks: number;
  /** Absent: nothing stands, tasks start by events only. */
  readonly schedule?: Schedule;
  readonly enabled: boolean;
}

export interface SyncResult {
  readonly created: number;
  readonly changed: number;
  readonly deleted: number;
  readonly kept: number;
}

export interface FireOptions {
  /** 0 to 900,000 (SQS's bound); default 0. A trigger that can't wait starts at once: the task's retry time holds the run off. */
  readonly delayMs?: number;
}

/**
 * What starts task invocations. A start may be delivered twice or late and never gets lost once the call has returned;
 * the lease makes a repeat harmless. Implementations: EventBridge Scheduler, SQS, Lambda async invoke, local.
 */
export interface TaskTrigger {
  /** Starts each task once, soon or after `delayMs`. Repeatable. Throws a retriable ConnectError that says how many were not started. */
  fire(tasks: readonly TaskEvent[], options?: FireOptions): Promise<void>;
  /**
   * Makes what stands for the connector equal `standing`; repeatable, finishes what a dead planner left half done.
   * Triggers that only fire refuse a schedule with CONFIG_INVALID and have nothing to do otherwise.
   */
  sync(standing: Standing): Promise<SyncResult>;
  close(): Promise<void>;
}

/** The message that starts one task invocation, whatever carries it. */
export interface TaskEvent extends TaskRef {
  /** How many continuations led here; ends a chain that makes no progress. */
  readonly hop?: number;
  /** Epoch of the run for whose end it waits, in case that the run is dead: one message can't wait as long as a lease may last. */
  readonly waitsFor?: number;
}
