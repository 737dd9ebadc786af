import { type Logger, toConnectError } from '../api/index.ts';
import { MINUTE_MS, minutesIn } from '../config/look-times.ts';
import { parseSchedule } from '../config/schedule-expression.ts';
import { taskEvent } from './task-event.ts';
import { Timers } from './timers.ts';
import type { Standing, SyncResult, TaskEvent, TaskTrigger } from './trigger.ts';

export interface LocalTriggerOptions {
  /** Runs one task invocation. `close` aborts `signal`, and it should end soon after. A throw is logged. */
  readonly run: (event: TaskEvent, signal: AbortSignal) => Promise<unknown>;
  /** Starts the tasks of a connector that have something to do. It ends as `run` does. Where looks change how often they come, it says so. */
  readonly look: (connector: string, signal: AbortSignal) => Promise<{ readonly nextMinutes?: number } | undefined>;
  /** Says in how many minutes after a look, in which nothing was found, the next one is due as things are now. Default: as the look said. */
  readonly minutesAfter?: (connector: string, lookedAt: number) => Promise<number | undefined>;
  /** The most invocations at a time, at least 1. Looks do not count. */
  readonly concurrency: number;
  readonly logger: Logger;
}

/** A timer may be early, and what is due a moment later would wait for the next minute. */
const EARLY_MS = 500;

/**
 * Creates queue and schedules in this process. `close` aborts what runs, waits for it and forgets what has not started. A task that
 * waits in the queue is not put there twice: one start serves both.
 */
export function createLocalTrigger({ run, look, minutesAfter, concurrency, logger }: LocalTriggerOptions): TaskTrigger {
  const queue = new Map<string, TaskEvent>();
  const running = new Set<Promise<void>>();
  const looks = new Set<Promise<unknown>>();
  const standings = new Map<string, { readonly standing: Standing; readonly stop: () => void; readonly hasten: () => void }>();
  const timers = new Timers();
  const closing = new AbortController();

  function enqueue(events: readonly TaskEvent[]): void {
    for (const event of events) {
      const key = `${event.connector}/${event.task}`;
      // The one start must go on waiting for whatever either of them waits for.
      queue.set(key, taskEvent({ ...queue.get(key), ...event }));
    }
    startNext();
  }

  function enqueueInTime(events: readonly TaskEvent[], delayMs: number): void {
    const now = Date.now();
    const timeOf = ({ startAt = 0 }: TaskEvent) => Math.max(now + delayMs, startAt);
    for (const [time, due] of Map.groupBy(events, timeOf)) {
      if (time <= now) enqueue(due);
      else timers.once(time, () => enqueue(due));
    }
  }

  function startNext(): void {
    for (const [key, event] of queue) {
      if (running.size >= concurrency || closing.signal.aborted) return;
      queue.delete(key);
      const invocation = invoke(event).finally(() => {
        running.delete(invocation);
        startNext();
      });
      running.add(invocation);
    }
  }

  async function invoke(event: TaskEvent): Promise<void> {
    try {
      await run(event, closing.signal);
    } catch (error) {
      logger.error('invocation failed', { ...event, error: toConnectError(error).line });
    }
  }

  function keep({ connector, tasks, schedule, enabled }: Standing): { readonly stop: () => void; readonly hasten: () => void } {
    const nothing = () => undefined;
    if (schedule === undefined || tasks === 0 || !enabled) return { stop: nothing, hasten: nothing };
    const { nextRun } = parseSchedule(schedule.expression, schedule.timeZone);
    if (schedule.idleMinutes !== undefined) return keepPace(connector, minutesIn(nextRun(0) as number));
    return { stop: timers.repeat(nextRun, () => void during(takeLook(connector))), hasten: nothing };
  }

  /** Asks each minute whether a look is due: a run by hand, perhaps in another process, or a plan brings it forward. */
  function keepPace(connector: string, first: number): { readonly stop: () => void; readonly hasten: () => void } {
    let last = { at: Date.now(), minutes: first };
    const lookWhenDue = async () => {
      const { at, minutes } = last;
      const asked = await minutesAfter?.(connector, at).catch(() => undefined);
      if (Date.now() + EARLY_MS < at + Math.min(minutes, asked ?? minutes) * MINUTE_MS) return;
      last = { at: Date.now(), minutes };
      const taken = await takeLook(connector);
      last = { ...last, minutes: taken?.nextMinutes ?? minutes };
    };
    let isAsking = false;
    const tick = () => {
      if (isAsking) return;
      isAsking = true;
      void during(lookWhenDue()).finally(() => {
        isAsking = false;
      });
    };
    return {
      stop: timers.repeat((after) => after + MINUTE_MS, tick),
      hasten: () => {
        last = { at: Date.now(), minutes: first };
      },
    };
  }

  async function takeLook(connector: string): Promise<{ readonly nextMinutes?: number } | undefined> {
    if (closing.signal.aborted) return undefined;
    return look(connector, closing.signal).catch((error) => {
      logger.error('look failed', { connector, error: toConnectError(error).line });
      return undefined;
    });
  }

  /** `close` waits for it. */
  function during<T>(work: Promise<T>): Promise<T> {
    const looking = work.finally(() => looks.delete(looking));
    looks.add(looking);
    return looking;
  }

  return {
    async fire(tasks, { delayMs = 0 } = {}) {
      enqueueInTime(tasks, delayMs);
    },
    async sync(standing) {
      const before = standings.get(standing.connector);
      const result = difference(before?.standing, standing);
      // One that stays as it is keeps its rhythm.
      if (before !== undefined && result.created + result.changed + result.deleted === 0) return result;
      const kept = keep(standing);
      before?.stop();
      standings.set(standing.connector, { standing, ...kept });
      return result;
    },
    async hasten({ connector }) {
      standings.get(connector)?.hasten();
    },
    async close() {
      timers.close();
      queue.clear();
      closing.abort();
      await Promise.all([...running, ...looks]);
    },
  };
}

function difference(before: Standing | undefined, after: Standing): SyncResult {
  const stands = (standing: Standing | undefined) =>
    standing?.schedule !== undefined && standing.tasks > 0 && (standing.enabled || standing.schedule.idleMinutes === undefined);
  const [stood, wanted] = [stands(before), stands(after)];
  const same =
    before?.enabled === after.enabled &&
    before.schedule?.expression === after.schedule?.expression &&
    before.schedule?.timeZone === after.schedule?.timeZone &&
    before.schedule?.idleMinutes === after.schedule?.idleMinutes;
  return {
    created: wanted && !stood ? 1 : 0,
    changed: wanted && stood && !same ? 1 : 0,
    deleted: stood && !wanted ? 1 : 0,
    kept: wanted && stood && same ? 1 : 0,
  };
}
