import { type Logger, toConnectError } from '../api/index.ts';
import { parseSchedule } from '../config/schedule-expression.ts';
import { taskEvent } from './task-event.ts';
import { Timers } from './timers.ts';
import type { Standing, SyncResult, TaskEvent, TaskTrigger } from './trigger.ts';

const MINUTE_MS = 60_000;

export interface LocalTriggerOptions {
  /** Runs one task invocation. `close` aborts `signal`, and it should end soon after. A throw is logged. */
  readonly run: (event: TaskEvent, signal: AbortSignal) => Promise<unknown>;
  /** The most invocations at a time, at least 1. */
  readonly concurrency: number;
  readonly logger: Logger;
}

/**
 * Creates queue and schedules in this process. `close` aborts what runs, waits for it and forgets what has not started. A task that
 * waits in the queue is not put there twice: one start serves both.
 */
export function createLocalTrigger({ run, concurrency, logger }: LocalTriggerOptions): TaskTrigger {
  const queue = new Map<string, TaskEvent>();
  const running = new Set<Promise<void>>();
  const standings = new Map<string, { readonly standing: Standing; readonly stop: () => void }>();
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

  function keep({ connector, tasks, schedule, enabled }: Standing): () => void {
    if (schedule === undefined || !enabled) return () => undefined;
    const { nextRun } = parseSchedule(schedule.expression, schedule.timeZone);
    const stops = new Set<() => void>();
    const apartMs = ((schedule.windowMinutes ?? 0) * MINUTE_MS) / tasks;
    const startAll = () => {
      const all = Array.from({ length: tasks }, (_, task) => ({ connector, task }));
      const now = apartMs === 0 ? all : all.slice(0, 1);
      enqueue(now);
      for (const event of all.slice(now.length)) {
        const stop = timers.once(Date.now() + event.task * apartMs, () => {
          stops.delete(stop);
          enqueue([event]);
        });
        stops.add(stop);
      }
    };
    stops.add(timers.repeat(nextRun, startAll));
    return () => {
      for (const stop of stops) stop();
    };
  }

  return {
    async fire(tasks, { delayMs = 0 } = {}) {
      if (delayMs === 0) enqueue(tasks);
      else timers.once(Date.now() + delayMs, () => enqueue(tasks));
    },
    async sync(standing) {
      const before = standings.get(standing.connector);
      const result = difference(before?.standing, standing);
      // One that stays as it is keeps its rhythm.
      if (before !== undefined && result.created + result.changed + result.deleted === 0) return result;
      const stop = keep(standing);
      before?.stop();
      standings.set(standing.connector, { standing, stop });
      return result;
    },
    async close() {
      timers.close();
      queue.clear();
      closing.abort();
      await Promise.all(running);
    },
  };
}

function difference(before: Standing | undefined, after: Standing): SyncResult {
  const size = (standing: Standing | undefined) => (standing?.schedule === undefined ? 0 : standing.tasks);
  const common = Math.min(size(before), size(after));
  const same =
    before?.enabled === after.enabled &&
    before.schedule?.expression === after.schedule?.expression &&
    before.schedule?.timeZone === after.schedule?.timeZone &&
    before.schedule?.windowMinutes === after.schedule?.windowMinutes;
  return {
    created: size(after) - common,
    changed: same ? 0 : common,
    deleted: size(before) - common,
    kept: same ? common : 0,
  };
}
