import type { TaskRef } from '../store/store.ts';

/** When a connector's tasks start by themselves. */
export interface Schedule {
  /** `rate(5 minutes)`, `cron(0 3 * * ? *)` or `at(2026-12-24T18:00:00)`: EventBridge Scheduler's expressions. */
  readonly expression: string;
  /** The IANA name of a time zone; default UTC. */
  readonly timeZone: string;
  /**
   * Tasks start at times of their own within so many minutes after the scheduled one, 1 to 1,440. Absent where all start at that time. What
   * looks for tasks to start sees to it, not the schedule.
   */
  readonly windowMinutes?: number;
  /**
   * Looks may change how often they come: at least so often, and at first as the expression says. Absent where the expression always counts.
   */
  readonly idleMinutes?: number;
}

/** What must stand for a connector: one schedule, at whose times somebody looks which tasks have to start; or none. */
export interface Standing {
  readonly connector: string;
  /** How many tasks the plan in force has; without any, nothing stands. */
  readonly tasks: number;
  /** Absent where nothing stands: tasks start by events only. */
  readonly schedule?: Schedule;
  /** A schedule with `idleMinutes` only stands while this is true: what is gone, no look can switch on again. */
  readonly enabled: boolean;
}

/** Schedules. Those of single tasks, which an earlier version kept, are deleted. */
export interface SyncResult {
  readonly created: number;
  readonly changed: number;
  readonly deleted: number;
  readonly kept: number;
}

export interface FireOptions {
  /** 0 to 900,000, which is SQS's bound; default 0. A trigger that can't wait starts at once: the task's retry time holds the run off. */
  readonly delayMs?: number;
}

/**
 * A trigger starts task invocations. A start may be delivered twice or late, and never gets lost once the call has returned. The lease
 * makes a repeat harmless. Implementations: EventBridge Scheduler, SQS, local.
 */
export interface TaskTrigger {
  /** Starts each task once, soon, or after `delayMs` and not before its `startAt`. Repeatable. Throws a retriable ConnectError that says how many were not started. */
  fire(tasks: readonly TaskEvent[], options?: FireOptions): Promise<void>;
  /**
   * Makes what stands for the connector equal `standing`. Repeatable: it finishes what a dead planner left half done, and until then each
   * task is started by what stood before, by what is to stand, or by both. Triggers that only fire refuse a schedule with CONFIG_INVALID, and have nothing to do otherwise.
   */
  sync(standing: Standing): Promise<SyncResult>;
  /** Has looks come as often as at first again, where they have changed that. It does nothing where the schedule does not stand. Repeatable. */
  hasten(standing: Standing): Promise<void>;
  close(): Promise<void>;
}

/** Who started a run, where no schedule did. A continuation follows another run, or a plan that ended one. */
export type Starter = 'event' | 'person' | 'continuation';

/** The message that starts one task invocation, whatever carries it. */
export interface TaskEvent extends TaskRef {
  /** How many continuations led here. It ends a chain that makes no progress. */
  readonly hop?: number;
  /** Not before this time, ms since 1970. One message can't wait as long as a window may be. Absent: at once. */
  readonly startAt?: number;
  /** The epoch of the run for whose end it waits, in case that the run is dead. One message can't wait as long as a lease may last. */
  readonly waitsFor?: number;
  /** Who asked for it, for people. Absent in what schedules send, and in continuations, which have `hop`. */
  readonly by?: Starter;
}

/** The message that has somebody look which tasks of a connector have to start. */
export interface LookEvent {
  readonly connector: string;
  /** The schedule that asked for the look. Absent where its times are fixed. */
  readonly schedule?: LookSchedule;
}

/** A schedule that looks may change. */
export interface LookSchedule {
  readonly name: string;
  /** The interval that it had when it asked for the look, 1 or more. */
  readonly minutes: number;
}

/** Changes how often looks come. */
export interface LookPace {
  /**
   * Has the next look come in so many minutes, and further ones as often. It does nothing where the schedule is gone, switched off, or has
   * another interval than when it asked for the look: then somebody else has changed it since. Throws as `TaskTrigger.fire` does.
   */
  set(schedule: LookSchedule, minutes: number): Promise<void>;
}
