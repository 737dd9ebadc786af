import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LookedAt, minutesToNextLook } from '../../../src/runtime/watch/next-look.ts';

const MINUTE = 60_000;
const START = Date.parse('2030-06-01T12:00:00Z');

/** In minutes. */
const looked = ({ freshness = 5, idle = 60, quiet = 0, run = 0, found = 'nothing' as LookedAt['found'] } = {}): LookedAt => ({
  times: { freshnessMs: freshness * MINUTE, idleMs: idle * MINUTE },
  connector: { plannedAt: START - 10_000 * MINUTE },
  tasks: [
    {
      lastRecordAt: START - quiet * MINUTE,
      lastRun: { startedAt: START - (quiet + run) * MINUTE, endedAt: START - quiet * MINUTE },
    },
  ],
  found,
  now: START,
});
const minutes = (of: Parameters<typeof looked>[0]) => minutesToNextLook(looked(of));

describe('the next look', () => {
  it.each([
    ['found something', { found: 'something' as const, quiet: 1_000, run: 0 }, 5],
    ['found something, and runs take two minutes', { found: 'something' as const, quiet: 3, run: 2 }, 3],
    ['found something, and runs take longer than the freshness', { found: 'something' as const, run: 13 }, 1],
    ['found nothing right after records', { quiet: 0 }, 5],
    ['found nothing six minutes after records', { quiet: 6 }, 8],
    ['found nothing for an hour', { quiet: 60 }, 35],
    ['found nothing for a day', { quiet: 1_440 }, 60],
  ])('comes after one that %s as it should', (_, of, expected) => expect(minutes(of)).toBe(expected));

  it('counts from the plan or the last resume where no record came since', () => {
    const quiet = looked({ quiet: 1_440 });
    expect(minutesToNextLook({ ...quiet, connector: { plannedAt: START } })).toBe(5);
    expect(minutesToNextLook({ ...quiet, connector: { plannedAt: 0, desiredAt: START - 10 * MINUTE } })).toBe(10);
    expect(minutesToNextLook({ ...quiet, connector: { plannedAt: START }, tasks: [] })).toBe(5);
  });

  it('asks the last runs where the system does not tell', () => {
    const [task] = looked({ quiet: 3 }).tasks;
    const untold = (lastRun: { startedAt: number; endedAt: number }) =>
      minutesToNextLook({ ...looked({ quiet: 3, found: 'untold' }), tasks: [{ ...task, lastRun }] });
    expect(untold({ startedAt: START - 3 * MINUTE, endedAt: START - 3 * MINUTE })).toBe(5);
    expect(untold({ startedAt: START, endedAt: START + 17 * MINUTE })).toBe(11);
    expect(untold({ startedAt: START + 37 * MINUTE, endedAt: START + 37 * MINUTE })).toBe(25);
  });

  it('forgets a long run once it is over for longer than idle', () => {
    const of = (ago: number) => {
      const lastRun = { startedAt: START - (ago + 4) * MINUTE, endedAt: START - ago * MINUTE };
      return minutesToNextLook({ ...looked({ found: 'something' }), tasks: [{ lastRun }] });
    };
    expect([of(1), of(60), of(61)]).toEqual([1, 1, 5]);
  });
});

const times = fc
  .record({ freshness: fc.integer({ min: 1, max: 240 }), more: fc.integer({ min: 0, max: 2_000 }) })
  .map(({ freshness, more }) => ({ freshness, idle: freshness + more }));

describe('in any history', () => {
  it('the interval stays between a minute and idle', () => {
    const of = fc.record({
      quiet: fc.integer({ min: -100, max: 100_000 }),
      run: fc.integer({ min: 0, max: 500 }),
      found: fc.constantFrom<LookedAt['found']>('something', 'nothing', 'untold'),
    });
    fc.assert(
      fc.property(times, of, ({ freshness, idle }, rest) => {
        const interval = minutes({ freshness, idle, ...rest });
        expect(Number.isInteger(interval)).toBe(true);
        expect(interval).toBeGreaterThanOrEqual(1);
        expect(interval).toBeLessThanOrEqual(idle);
      }),
    );
  });

  it('the interval grows while nothing comes, up to idle, within the steps of a factor of one and a half', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 30 }), ({ freshness, idle }, run) => {
        let [quiet, last, looks] = [0, 0, 0];
        while (last < idle) {
          const interval = minutes({ freshness, idle, quiet, run });
          expect(interval).toBeGreaterThanOrEqual(last);
          [quiet, last, looks] = [quiet + interval, interval, looks + 1];
          // Whole minutes slow the first steps down.
          expect(looks).toBeLessThanOrEqual(6 + Math.log(idle) / Math.log(1.5));
        }
      }),
    );
  });

  it('no record waits longer than the freshness and one look while records come often, however looks, runs and records meet', () => {
    const run = fc.integer({ min: 0, max: 20 });
    const gaps = fc.array(fc.record({ gap: fc.double({ min: 0.1, max: 1, noNaN: true }), run }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, gaps, ({ freshness, idle }, steps) => {
        const history = new Copying(freshness * MINUTE, idle * MINUTE);
        for (const { gap, run } of steps) history.recordAfter(gap * history.soon, run * MINUTE);
        history.finish();
        // A run may take longer than the one before it, by which the look was timed.
        const bound = Math.max(freshness * MINUTE, MINUTE + history.longest) + history.longest;
        expect(history.oldest).toBeLessThanOrEqual(bound);
      }),
    );
  });

  it('a record after a pause waits no longer than the freshness and half of the pause, nor than idle, and a run', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 10_000 }), ({ freshness, idle }, pause) => {
        const history = new Copying(freshness * MINUTE, idle * MINUTE);
        history.recordAfter(0, 0);
        history.recordAfter(pause * MINUTE, 0);
        history.finish();
        expect(history.oldest).toBeLessThanOrEqual(Math.min(idle, freshness + pause / 2) * MINUTE);
      }),
    );
  });
});

/** Records that come, looks that start a run where one waits, and what the oldest had waited when it arrived. Times are ms. */
class Copying {
  oldest = 0;
  longest = 0;
  readonly #times: LookedAt['times'];
  #now = START;
  #waiting: number[] = [];
  #nextLook = START;
  #lastRecordAt: number | undefined;
  #lastRun: { readonly startedAt: number; readonly endedAt: number } | undefined;
  #run = 0;

  constructor(freshnessMs: number, idleMs: number) {
    this.#times = { freshnessMs, idleMs };
  }

  /** The shortest time between two looks as things are. */
  get soon(): number {
    return Math.max(MINUTE, this.#times.freshnessMs - this.longest);
  }

  recordAfter(gap: number, run: number): void {
    this.#run = run;
    const at = this.#now + gap;
    this.#looksUntil(at);
    this.#waiting.push(at);
    this.#now = at;
  }

  finish(): void {
    while (this.#waiting.length > 0) this.#looksUntil(this.#nextLook + 1);
  }

  #looksUntil(time: number): void {
    while (this.#nextLook < time) {
      const now = this.#nextLook;
      const found = this.#waiting.length > 0 ? 'something' : 'nothing';
      const task = {
        ...(this.#lastRecordAt !== undefined && { lastRecordAt: this.#lastRecordAt }),
        ...(this.#lastRun !== undefined && { lastRun: this.#lastRun }),
      };
      const next = minutesToNextLook({ times: this.#times, connector: { plannedAt: START }, tasks: [task], found, now });
      if (found === 'something') this.#copy(now);
      this.#nextLook = now + next * MINUTE;
    }
  }

  #copy(now: number): void {
    const endedAt = now + this.#run;
    this.longest = Math.max(this.longest, this.#run);
    this.oldest = Math.max(this.oldest, ...this.#waiting.map((at) => endedAt - at));
    this.#waiting = [];
    this.#lastRecordAt = endedAt;
    this.#lastRun = { startedAt: now, endedAt };
  }
}
