import type * as z from 'zod';
import { integer, section, text } from './options.ts';
import { checkTimeZone, parseSchedule } from './schedule-expression.ts';
import { checkWindow } from './schedule-window.ts';

/**
 * The options that every connector has, whatever its type. Defaults and bounds are stated here and nowhere else. Those of the other sections
 * are in `rocketmq-sections.ts`, `batch-section.ts` and `errors-sections.ts`.
 */

export const connectorName = text({
  description: 'Names the connector; part of the key of every message it sends.',
  pattern: /^[A-Za-z][A-Za-z0-9._-]{0,63}$/,
  expects: 'a name: up to 64 letters, digits, _, - and dots, starting with a letter',
  literal: true,
  example: 'flights',
});

export const maxTasks = integer({
  description: 'Tasks at most. Each runs as its own function invocation; there are never more than partitions.',
  unit: 'tasks',
  min: 1,
  max: 10_000,
}).default(1);

export const triggerSection = section(
  {
    schedule: text({
      description:
        'When tasks start that have something to do: `rate(5 minutes)`, `cron(0 3 * * ? *)` or `at(2030-12-24T18:00:00)`, as EventBridge Scheduler takes them. Without it they start by events or by `run` only.',
      expects: 'a schedule expression',
      example: 'rate(5 minutes)',
      literal: true,
    }).exactOptional(),
    timeZone: text({
      description: 'Time zone of the schedule.',
      expects: 'the IANA name of a time zone',
      example: 'Europe/Berlin',
      literal: true,
    }).default('UTC'),
    windowMinutes: integer({
      description:
        'Spreads the starts of a schedule: each task that has something to do starts at a time of its own within so many minutes after the scheduled one. For hundreds of tasks that would meet at the source in one second. Default: all start at the scheduled time, as many at once as `taskMaxConcurrency` allows.',
      unit: 'minutes',
      min: 1,
      max: 1_440,
      example: 10,
    }).exactOptional(),
  },
  { description: 'What starts the tasks.' },
).superRefine(({ schedule, timeZone, windowMinutes }, context) => {
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
  if (placed && valid && windowMinutes !== undefined) check('windowMinutes', () => checkWindow(schedule, timeZone, windowMinutes));
});

export type TriggerSpec = Readonly<z.output<typeof triggerSection>>;
