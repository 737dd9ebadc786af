import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { createLocalTrigger } from '../../../src/triggers/local.ts';
import type { TaskEvent, TaskTrigger } from '../../../src/triggers/trigger.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('local trigger', () => {
  let trigger: TaskTrigger | undefined;
  const started: TaskEvent[] = [];
  /** Connectors, by the looks that were taken at them. Each look starts both tasks. */
  const looks: string[] = [];
  const open = (run: (event: TaskEvent, signal: AbortSignal) => Promise<unknown> = async () => undefined, concurrency = 2) => {
    trigger = createLocalTrigger({
      concurrency,
      logger: silentLogger,
      run(event, signal) {
        started.push(event);
        return run(event, signal);
      },
      async look(connector) {
        looks.push(connector);
        await trigger?.fire([orders(0), orders(1)]);
      },
    });
    return trigger;
  };
  const orders = (task: number): TaskEvent => ({ connector: 'orders', task });
  const standing = (expression: string, timeZone = 'UTC') => ({
    connector: 'orders',
    tasks: 2,
    enabled: true,
    schedule: { expression, timeZone },
  });
  beforeEach(() => {
    started.length = 0;
    looks.length = 0;
    jest.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12) });
  });
  afterEach(async () => {
    await trigger?.close();
    jest.useRealTimers();
  });

  it('takes one look at a connector at each time of a rate, however many tasks it has', async () => {
    await open().sync(standing('rate(5 minutes)'));
    await jest.advanceTimersByTimeAsync(5 * MINUTE - 1);
    expect(started).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(started).toEqual([orders(0), orders(1)]);
    await jest.advanceTimersByTimeAsync(10 * MINUTE);
    expect(started).toHaveLength(6);
    expect(looks).toEqual(['orders', 'orders', 'orders']);
  });

  it('starts a task at the time that its event names', async () => {
    const time = Date.now() + 20 * MINUTE;
    await open().fire([orders(0), { ...orders(1), startAt: time }]);
    await jest.advanceTimersByTimeAsync(20 * MINUTE - 1);
    expect(started).toEqual([orders(0)]);
    await jest.advanceTimersByTimeAsync(1);
    expect(started).toEqual([orders(0), { ...orders(1), startAt: time }]);
  });

  it('goes on after a look that throws', async () => {
    const local = createLocalTrigger({
      concurrency: 1,
      logger: silentLogger,
      run: async () => undefined,
      look: async (connector) => {
        looks.push(connector);
        throw new Error('broken');
      },
    });
    trigger = local;
    await local.sync(standing('rate(5 minutes)'));
    await jest.advanceTimersByTimeAsync(10 * MINUTE);
    expect(looks).toEqual(['orders', 'orders']);
  });

  it('serves two starts of a task by one, which waits on for whatever either waits for', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await open(() => promise, 1).fire([orders(1), { ...orders(0), hop: 2, waitsFor: 7 }]);
    await trigger?.fire([orders(0)]);
    resolve();
    await jest.advanceTimersByTimeAsync(1);
    expect(started).toEqual([orders(1), { ...orders(0), hop: 2, waitsFor: 7 }]);
  });

  it('keeps the rhythm of a schedule that is synced again unchanged', async () => {
    const local = open();
    await local.sync(standing('rate(5 minutes)'));
    await jest.advanceTimersByTimeAsync(4 * MINUTE);
    await local.sync(standing('rate(5 minutes)'));
    await jest.advanceTimersByTimeAsync(MINUTE);
    expect(started).toHaveLength(2);
  });

  describe('whose looks say when the next one comes', () => {
    const fresh = {
      connector: 'orders',
      tasks: 2,
      enabled: true,
      schedule: { expression: 'rate(5 minutes)', timeZone: 'UTC', idleMinutes: 60 },
    };
    /** In minutes since the beginning. */
    const looked: number[] = [];
    let next: number | undefined;
    let after: number | undefined;
    const openFresh = () => {
      const start = Date.now();
      trigger = createLocalTrigger({
        concurrency: 2,
        logger: silentLogger,
        run: async () => undefined,
        look: async () => {
          looked.push((Date.now() - start) / MINUTE);
          if (next === undefined) throw new Error('no answer');
          return { nextMinutes: next };
        },
        minutesAfter: async () => after,
      });
      return trigger;
    };
    const pass = (minutes: number) => jest.advanceTimersByTimeAsync(minutes * MINUTE);
    beforeEach(() => {
      looked.length = 0;
      [next, after] = [5, undefined];
    });

    it('takes looks as far apart as they say, the first one as the schedule does', async () => {
      await openFresh().sync(fresh);
      await pass(5);
      expect(looked).toEqual([5]);
      next = 20;
      await pass(5);
      await pass(19);
      expect(looked).toEqual([5, 10]);
      await pass(1);
      expect(looked).toEqual([5, 10, 30]);
    });

    it('takes one earlier where something came in the meantime', async () => {
      await openFresh().sync(fresh);
      next = 60;
      await pass(5);
      await pass(20);
      after = 7;
      await pass(1);
      expect(looked).toEqual([5, 26]);
    });

    it('goes back to the first interval by a hurry or another schedule, and keeps its rhythm otherwise', async () => {
      await openFresh().sync(fresh);
      next = 60;
      await pass(5);
      await trigger?.sync(fresh);
      await pass(20);
      await trigger?.hasten(fresh);
      await pass(5);
      expect(looked).toEqual([5, 30]);
      await trigger?.sync({ ...fresh, schedule: { ...fresh.schedule, idleMinutes: 90 } });
      await pass(5);
      expect(looked).toEqual([5, 30, 35]);
    });

    it('keeps the interval after a look that throws', async () => {
      await openFresh().sync(fresh);
      next = undefined;
      await pass(15);
      expect(looked).toEqual([5, 10, 15]);
    });

    it('takes none while the connector is paused', async () => {
      await openFresh().sync(fresh);
      await trigger?.sync({ ...fresh, enabled: false });
      await trigger?.hasten({ ...fresh, enabled: false });
      await pass(200);
      expect(looked).toEqual([]);
    });
  });

  it('starts at the local time of a cron expression', async () => {
    await open().sync(standing('cron(0 15 * * ? *)', 'Europe/Berlin'));
    await jest.advanceTimersByTimeAsync(2 * HOUR - 1);
    expect(started).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(DAY);
    expect(started).toHaveLength(4);
  });

  it('starts once at a time, however far away, and never again', async () => {
    await open().sync(standing('at(2027-02-01T00:00:00)'));
    const until = Date.UTC(2027, 1, 1) - Date.now();
    await jest.advanceTimersByTimeAsync(until - 1);
    expect(started).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('starts nothing for a connector that is paused, deleted or changed to another schedule', async () => {
    const local = open();
    await local.sync(standing('rate(5 minutes)'));
    await local.sync({ ...standing('rate(5 minutes)'), enabled: false });
    await jest.advanceTimersByTimeAsync(HOUR);
    expect(started).toEqual([]);
    await local.sync(standing('rate(2 hours)'));
    await jest.advanceTimersByTimeAsync(HOUR);
    expect(started).toEqual([]);
    await local.sync({ connector: 'orders', tasks: 0, enabled: true });
    await jest.advanceTimersByTimeAsync(DAY);
    expect(started).toEqual([]);
  });

  it('refuses a schedule that it cannot read and keeps the one that stands', async () => {
    const local = open();
    await local.sync(standing('rate(5 minutes)'));
    await expect(local.sync(standing('hourly'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await jest.advanceTimersByTimeAsync(5 * MINUTE);
    expect(started).toHaveLength(2);
  });

  it('waits before a start that is to come later', async () => {
    await open().fire([orders(0)], { delayMs: 900_000 });
    await jest.advanceTimersByTimeAsync(899_999);
    expect(started).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(started).toEqual([orders(0)]);
  });

  it('runs no more at a time than it may, and the others after them', async () => {
    let running = 0;
    let most = 0;
    const local = open(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 10));
      running -= 1;
    }, 3);
    await local.fire(Array.from({ length: 10 }, (_, task) => orders(task)));
    await jest.advanceTimersByTimeAsync(100);
    expect({ most, started: started.length }).toEqual({ most: 3, started: 10 });
  });

  it('starts a task that waits in the queue once for all who ask, and one that runs again', async () => {
    const local = open(() => new Promise((resolve) => setTimeout(resolve, 10)), 1);
    await local.fire([orders(0), orders(1), orders(1)]);
    await local.fire([orders(0), orders(1)]);
    await jest.advanceTimersByTimeAsync(100);
    expect(started).toEqual([orders(0), orders(1), orders(0)]);
  });

  it('goes on after an invocation that throws', async () => {
    const local = open(async ({ task }) => {
      if (task === 0) throw new Error('broken');
    }, 1);
    await local.fire([orders(0), orders(1)]);
    await jest.advanceTimersByTimeAsync(0);
    expect(started).toEqual([orders(0), orders(1)]);
  });

  it('asks what runs to end when it is closed, waits for it and starts nothing more', async () => {
    let ended = false;
    const local = open(async (_, signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await local.fire([orders(9)]);
      ended = true;
    }, 1);
    await local.sync(standing('rate(1 minute)'));
    await local.fire([orders(0), orders(1)]);
    await local.fire([orders(2)], { delayMs: 1 });
    await local.close();
    expect(ended).toBe(true);
    await jest.advanceTimersByTimeAsync(DAY);
    expect(started).toEqual([orders(0)]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
