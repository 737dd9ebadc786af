import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scheduleName, schedulePrefix, taskOfSchedule } from '../../../src/triggers/schedule-name.ts';

const connector = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/);
const task = fc.integer({ min: 0, max: 9_999 });

describe('names of schedules', () => {
  it('tell connector, task and what the schedule does', () => {
    expect(scheduleName('orders', 42, { every: 'hour' })).toMatch(/^orders--00042-[0-9a-f]{8}$/);
    expect(scheduleName('orders', 42, { every: 'hour' })).not.toBe(scheduleName('orders', 42, { every: 'day' }));
  });

  it('are such as EventBridge Scheduler takes, and are found by connector and task', () => {
    fc.assert(
      fc.property(connector, task, (name, index) => {
        const made = scheduleName(name, index, {});
        expect(made).toMatch(/^[0-9A-Za-z_.-]{1,64}$/);
        expect(made.startsWith(schedulePrefix(name))).toBe(true);
        expect(taskOfSchedule(name, made)).toBe(index);
      }),
    );
  });

  it('are not taken for those of another connector', () => {
    fc.assert(
      fc.property(connector, connector, task, (one, other, index) => {
        fc.pre(one !== other);
        const made = scheduleName(one, index, {});
        expect(made.startsWith(schedulePrefix(other)) && taskOfSchedule(other, made) !== undefined).toBe(false);
      }),
    );
  });
});
