import type * as z from 'zod';
import { defaultIdle, lookTimes } from './look-times.ts';
import { integer, section, text, timeSpan } from './options.ts';
import { duration } from './quantities.ts';
import { checkTimeZone, parseSchedule } from './schedule-expression.ts';
import { checkWindow } from './schedule-window.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const UTC = 'UTC';

const triggerOptions = {
  schedule: text({
    description:
      'When tasks start that have something to do: `rate(5 minutes)`, `cron(0 3 * * ? *)` or `at(2030-12-24T18:00:00)`, as EventBridge Scheduler takes them. Without it and without `freshness` they start by events or by `run` only.',
    expects: 'a schedule expression',
    example: 'rate(5 minutes)',
    literal: true,
  }).exactOptional(),
  timeZone: text({
    description: 'Time zone of the schedule.',
    expects: 'the IANA name of a time zone',
    example: 'Europe/Berlin',
    literal: true,
  }).default(UTC),
  windowMinutes: integer({
    description:
      'Spreads the starts of a schedule: each task that has something to do starts at a time of its own within so many minutes after the scheduled one. For hundreds of tasks that would meet at the source in one second. Default: all start at the scheduled time, as many at once as `taskMaxConcurrency` allows.',
    unit: 'minutes',
    min: 1,
    max: 1_440,
    example: 10,
  }).exactOptional(),
  freshness: timeSpan({
    description:
      'How old data at the target may be while records keep coming. It takes the place of `schedule`: looks for something to do come so often that copies are in time, and less and less often, up to `idle`, while nothing comes.',
    min: MINUTE,
    max: DAY,
    example: '5 minutes',
  }).exactOptional(),
  idle: timeSpan({
    description:
      'With `freshness`: the longest time between two looks, and so how long the first record after a long pause may wait. Default: an hour, or `freshness` where that is longer.',
    min: MINUTE,
    max: 7 * DAY,
    example: '1 hour',
  }).exactOptional(),
};

export const triggerSection = section(triggerOptions, { description: 'What starts the tasks.' }).superRefine((trigger, context) => {
  const { schedule, timeZone, windowMinutes, freshness } = trigger;
  const check = (path: string, parse: () => unknown): boolean => {
    try {
      parse();
      return true;
    } catch (error) {
      const { message, remedy } = error as { message: string; remedy?: string };
      context.addIssue({ code: 'custom', path: [path], message, params: { remedy } });
      return false;
    }
  };
  const placed = check('timeZone', () => checkTimeZone(timeZone));
  const valid = schedule === undefined || check('schedule', () => parseSchedule(schedule));
  refineFreshness(trigger, context);
  if (freshness !== undefined && schedule === undefined) return;
  if (placed && valid && windowMinutes !== undefined) check('windowMinutes', () => checkWindow(schedule, timeZone, windowMinutes));
});

interface Freshness {
  readonly schedule?: string;
  readonly timeZone: string;
  readonly windowMinutes?: number;
  readonly freshness?: string;
  readonly idle?: string;
}

/** What does not go together with `freshness`, and what counts only with it. */
function refineFreshness(trigger: Freshness, context: z.core.$RefinementCtx): void {
  const { schedule, timeZone, windowMinutes, freshness, idle } = trigger;
  const issue = (path: string, message: string, remedy: string) =>
    context.addIssue({ code: 'custom', path: [path], message, params: { remedy } });
  if (freshness === undefined) {
    if (idle !== undefined) issue('idle', 'counts only with trigger.freshness', 'set trigger.freshness, or leave it out');
    return;
  }
  if (schedule !== undefined) {
    issue('freshness', 'takes the place of trigger.schedule, which is set, too', 'remove one of the two');
    return;
  }
  const times = lookTimes(trigger);
  if (times !== undefined && times.idleMs < times.freshnessMs) {
    const byDefault = duration.show(defaultIdle(times.freshnessMs));
    issue('idle', `is ${idle}, less than trigger.freshness (${freshness})`, `use ${freshness} or more, or leave it out for ${byDefault}`);
  }
  const alone = 'means nothing with trigger.freshness, which counts from the last records';
  if (timeZone !== UTC) issue('timeZone', alone, 'remove it, or set trigger.schedule instead of trigger.freshness');
  if (windowMinutes !== undefined) issue('windowMinutes', alone, 'remove it, or set trigger.schedule instead of trigger.freshness');
}

export type TriggerSpec = Readonly<z.output<typeof triggerSection>>;
