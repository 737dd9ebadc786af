import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { kindOfSchedule, scheduleName, schedulePrefix } from '../../../src/triggers/schedule-name.ts';

const connector = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/);

describe('names of schedules', () => {
  it('tell connector and what the schedule does', () => {
    expect(scheduleName('orders', { every: 'hour' })).toMatch(/^orders--watch-[0-9a-f]{8}$/);
    expect(scheduleName('orders', { every: 'hour' })).not.toBe(scheduleName('orders', { every: 'day' }));
  });

  it('are such as EventBridge Scheduler takes, and are found by connector', () => {
    fc.assert(
      fc.property(connector, (name) => {
        const made = scheduleName(name, {});
        expect(made).toMatch(/^[0-9A-Za-z_.-]{1,64}$/);
        expect(kindOfSchedule(name, made)).toBe('watch');
      }),
    );
  });

  it('of single tasks, as earlier versions gave them, are told from those of starts that happen once', () => {
    fc.assert(
      fc.property(connector, (name) => {
        expect(kindOfSchedule(name, `${schedulePrefix(name)}00042-0123abcd`)).toBe('task');
        expect(kindOfSchedule(name, `${schedulePrefix(name)}42-0123ab`)).toBeUndefined();
      }),
    );
  });

  it('are not taken for those of another connector', () => {
    fc.assert(
      fc.property(connector, connector, (one, other) => {
        fc.pre(one !== other);
        expect(kindOfSchedule(other, scheduleName(one, {}))).toBeUndefined();
      }),
    );
  });
});
