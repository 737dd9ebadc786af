import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LookEvent, Schedule, Standing, TaskEvent, TaskTrigger } from '../../../src/triggers/trigger.ts';
import { uniqueName } from '../../support/names.ts';

/** What the contract suite needs of an implementation and its server. */
export interface TriggerUnderTest {
  readonly trigger: TaskTrigger;
  /** The starts of a connector's tasks that have arrived, or will without anyone's doing. */
  started(connector: string): Promise<TaskEvent[]>;
  readonly holdsSchedules: boolean;
  /** What stands for a connector, where that can be seen. */
  standing?(connector: string): Promise<StandingSchedule[]>;
  close(): Promise<void>;
}

export interface StandingSchedule extends Schedule {
  readonly event: LookEvent;
  readonly enabled: boolean;
}

const DAILY: Schedule = { expression: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' };

/** What every TaskTrigger must hold to. */
export function describeTaskTrigger(name: string, open: () => Promise<TriggerUnderTest>): void {
  describe(`TaskTrigger: ${name}`, () => {
    let backend: TriggerUnderTest;
    let connector: string;
    beforeAll(async () => {
      backend = await open();
    }, 600_000);
    afterAll(async () => {
      await backend.trigger.close();
      await backend.close();
    });
    beforeEach(() => {
      connector = uniqueName('orders');
    });

    const eventually = async (expected: readonly TaskEvent[]) => {
      const byTask = (events: readonly TaskEvent[]) => events.toSorted((a, b) => a.task - b.task);
      const end = Date.now() + 60_000;
      let got = await backend.started(connector);
      while (got.length < expected.length && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        got = await backend.started(connector);
      }
      expect(byTask(got)).toEqual(byTask(expected));
    };

    it('starts each task once, with what the event says', async () => {
      const events = [
        { connector, task: 0 },
        { connector, task: 7, hop: 3, startAt: 4, waitsFor: 12 },
      ];
      await backend.trigger.fire(events);
      await eventually(events);
    });

    it('starts more tasks than fit into one request', async () => {
      const events = Array.from({ length: 25 }, (_, task) => ({ connector, task }));
      await backend.trigger.fire(events);
      await eventually(events);
    });

    it('starts nothing where nothing is asked for', async () => {
      await backend.trigger.fire([]);
      await eventually([]);
    });

    it('passes on nothing but the event', async () => {
      const item = { connector, task: 1, spec: { secret: 'x' } };
      await backend.trigger.fire([item]);
      await eventually([{ connector, task: 1 }]);
    });

    it('starts later what has to wait, or at once where it cannot wait', async () => {
      await backend.trigger.fire([{ connector, task: 0 }], { delayMs: 50 });
      await eventually([{ connector, task: 0 }]);
    });

    it('holds a connector without schedule', async () => {
      expect(await backend.trigger.sync({ connector, tasks: 3, enabled: true })).toEqual({ created: 0, changed: 0, deleted: 0, kept: 0 });
    });

    it('holds schedules, or says that it cannot', async () => {
      const sync = backend.trigger.sync({ connector, tasks: 1, schedule: DAILY, enabled: true });
      if (backend.holdsSchedules) expect(await sync).toEqual({ created: 1, changed: 0, deleted: 0, kept: 0 });
      else await expect(sync).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('trigger.schedule') });
    });

    describe('where it holds schedules', () => {
      const sync = (change: Partial<Standing>) => backend.trigger.sync({ connector, tasks: 3, schedule: DAILY, enabled: true, ...change });
      const expectStanding = async (count: number, schedule: Schedule = DAILY, enabled = true, of = connector) => {
        const stands = await backend.standing?.(of);
        if (stands === undefined) return;
        expect(stands).toEqual(Array.from({ length: count }, () => ({ event: { connector: of }, enabled, ...schedule })));
      };
      const whereHeld = (title: string, test: () => Promise<void>) =>
        it(title, async () => {
          if (backend.holdsSchedules) await test();
        });

      whereHeld('keeps one, however many tasks there are', async () => {
        expect(await sync({})).toEqual({ created: 1, changed: 0, deleted: 0, kept: 0 });
        await expectStanding(1);
        expect(await sync({ tasks: 5 })).toEqual({ created: 0, changed: 0, deleted: 0, kept: 1 });
        expect(await sync({ tasks: 2, schedule: { ...DAILY, windowMinutes: 15 } })).toEqual({
          created: 0,
          changed: 0,
          deleted: 0,
          kept: 1,
        });
        await expectStanding(1);
      });

      whereHeld('does nothing where all stands as it should', async () => {
        await sync({});
        expect(await sync({})).toEqual({ created: 0, changed: 0, deleted: 0, kept: 1 });
        await expectStanding(1);
      });

      whereHeld('follows expression and time zone', async () => {
        await sync({});
        const hourly = { ...DAILY, expression: 'rate(1 hour)' };
        expect(await sync({ schedule: hourly })).toEqual({ created: 0, changed: 1, deleted: 0, kept: 0 });
        await expectStanding(1, hourly);
        const elsewhere = { ...hourly, timeZone: 'Asia/Tokyo' };
        expect(await sync({ schedule: elsewhere, tasks: 4 })).toEqual({ created: 0, changed: 1, deleted: 0, kept: 0 });
        await expectStanding(1, elsewhere);
      });

      whereHeld('stops and goes on with a pause', async () => {
        await sync({});
        expect(await sync({ enabled: false })).toEqual({ created: 0, changed: 1, deleted: 0, kept: 0 });
        await expectStanding(1, DAILY, false);
        expect(await sync({ enabled: true })).toEqual({ created: 0, changed: 1, deleted: 0, kept: 0 });
        await expectStanding(1);
      });

      describe('whose looks change how often they come', () => {
        const FRESH: Schedule = { expression: 'rate(5 minutes)', timeZone: 'UTC', idleMinutes: 60 };
        const { idleMinutes: _, ...shown } = FRESH;

        whereHeld('keeps one, and another one for other times', async () => {
          expect(await sync({ schedule: FRESH })).toEqual({ created: 1, changed: 0, deleted: 0, kept: 0 });
          await expectStanding(1, shown);
          expect(await sync({ schedule: FRESH, tasks: 5 })).toEqual({ created: 0, changed: 0, deleted: 0, kept: 1 });
          await expectStanding(1, shown);
          expect(await sync({ schedule: { ...FRESH, idleMinutes: 30 } })).toEqual({ created: 0, changed: 1, deleted: 0, kept: 0 });
          await expectStanding(1, shown);
          expect(await sync({ schedule: DAILY })).toEqual({ created: 0, changed: 1, deleted: 0, kept: 0 });
          await expectStanding(1);
        });

        whereHeld('leaves none of a connector that is paused', async () => {
          await sync({ schedule: FRESH });
          expect(await sync({ schedule: FRESH, enabled: false })).toEqual({ created: 0, changed: 0, deleted: 1, kept: 0 });
          await expectStanding(0);
          expect(await sync({ schedule: FRESH, enabled: false })).toEqual({ created: 0, changed: 0, deleted: 0, kept: 0 });
          expect(await sync({ schedule: FRESH })).toEqual({ created: 1, changed: 0, deleted: 0, kept: 0 });
          await expectStanding(1, shown);
        });

        whereHeld('brings none back by a hurry', async () => {
          const standing = { connector, tasks: 3, schedule: FRESH, enabled: true };
          await backend.trigger.hasten(standing);
          await expectStanding(0);
          await sync({ schedule: FRESH });
          await backend.trigger.hasten({ ...standing, enabled: false });
          await expectStanding(1, shown);
        });
      });

      whereHeld('leaves nothing of a connector without schedule or without tasks', async () => {
        await sync({});
        expect(await backend.trigger.sync({ connector, tasks: 3, enabled: true })).toEqual({ created: 0, changed: 0, deleted: 1, kept: 0 });
        await expectStanding(0);
        await sync({});
        expect(await sync({ tasks: 0 })).toEqual({ created: 0, changed: 0, deleted: 1, kept: 0 });
        await expectStanding(0);
      });

      whereHeld('takes connectors apart whose names begin alike, however long', async () => {
        const long = `${connector}-${'x'.repeat(63 - connector.length)}`;
        const others = [`${connector}-`, `${connector}--1`, `${long.slice(0, 63)}a`, `${long.slice(0, 63)}b`];
        for (const other of others) await sync({ connector: other, tasks: 1 });
        await sync({});
        await sync({ tasks: 0 });
        for (const other of others) await expectStanding(1, DAILY, true, other);
      });

      whereHeld('comes to the same when two do it at once', async () => {
        await Promise.all([sync({}), sync({})]);
        await expectStanding(1);
        await Promise.all([sync({ tasks: 0 }), sync({ tasks: 0 })]);
        await expectStanding(0);
      });

      whereHeld('starts tasks beside their schedules without touching these', async () => {
        await sync({});
        await backend.trigger.fire([{ connector, task: 1 }]);
        expect(await sync({})).toEqual({ created: 0, changed: 0, deleted: 0, kept: 1 });
        await eventually([{ connector, task: 1 }]);
      });
    });
  });
}
