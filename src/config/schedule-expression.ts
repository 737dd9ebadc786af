import { Cron } from 'croner';
import { ConnectError } from '../api/errors.ts';

/** When a schedule fires. Pure: the caller keeps the clock. */
export interface ParsedSchedule {
  readonly kind: 'rate' | 'cron' | 'at';
  /** The first time after `after` (ms since 1970; for a rate: its last run or its beginning); undefined when none is left. */
  nextRun(after: number): number | undefined;
}

const UTC = 'UTC';

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

const CRON_FIELDS = [
  { name: 'minutes', takes: '0-59 and , - * /' },
  { name: 'hours', takes: '0-23 and , - * /' },
  { name: 'day-of-month', takes: '1-31 and , - * ? / L W' },
  { name: 'month', takes: '1-12 or JAN-DEC and , - * /' },
  { name: 'day-of-week', takes: '1-7 (1 is Sunday) or SUN-SAT and , - * ? L #', min: 1, max: 7 },
  { name: 'year', takes: '1970-2199 and , - * /', min: 1970, max: 2199 },
] as const;

const invalid = (message: string, remedy: string, cause?: unknown) => new ConnectError('CONFIG_INVALID', message, { remedy, cause });

/**
 * Reads a schedule as EventBridge Scheduler takes it: `rate(5 minutes)`, `cron(minutes hours day-of-month month day-of-week
 * year)` or `at(yyyy-mm-ddThh:mm:ss)`. Throws ConnectError CONFIG_INVALID that says which part is wrong.
 */
export function parseSchedule(expression: string, timeZone = UTC): ParsedSchedule {
  checkTimeZone(timeZone);
  const [, kind, body] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return parseRate(expression, body ?? '');
  if (kind === 'cron') return parseCron(expression, body ?? '', timeZone);
  if (kind === 'at') return parseAt(expression, body ?? '', timeZone);
  throw invalid(`"${expression}" is not a schedule`, 'write rate(5 minutes), cron(0 3 * * ? *) or at(2030-12-24T18:00:00)');
}

/** Throws ConnectError CONFIG_INVALID unless it is a name of the IANA time zone database. */
export function checkTimeZone(timeZone: string): void {
  // The check has Node load its data of languages, which takes a tenth of `list`.
  if (timeZone === UTC) return;
  const problem = invalid(`"${timeZone}" is not a time zone`, 'use a name of the IANA database such as UTC or Europe/Berlin');
  // Intl also takes offsets such as +05:00, EventBridge Scheduler doesn't.
  if (!/^[A-Za-z]/.test(timeZone)) throw problem;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw problem;
  }
}

function parseRate(expression: string, body: string): ParsedSchedule {
  const [, count, unit] = /^([1-9]\d{0,5}) (minute|hour|day)s?$/.exec(body) ?? [];
  if (count === undefined || unit === undefined) {
    throw invalid(`"${expression}" is not a rate`, 'write a whole number from 1 and minutes, hours or days, e.g. rate(5 minutes)');
  }
  const right = `rate(${count} ${unit}${count === '1' ? '' : 's'})`;
  if (right !== expression) throw invalid(`"${expression}" has the wrong number`, `write ${right}`);
  const period = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return { kind: 'rate', nextRun: (after) => after + period };
}

function parseCron(expression: string, body: string, timeZone: string): ParsedSchedule {
  const fields = body.trim().split(/\s+/);
  if (fields.length !== CRON_FIELDS.length) {
    throw invalid(
      `"${expression}" has ${body.trim() === '' ? 0 : fields.length} fields instead of 6`,
      'write cron(minutes hours day-of-month month day-of-week year), e.g. cron(0 3 * * ? *)',
    );
  }
  if ((fields[2] === '?') === (fields[4] === '?')) {
    throw invalid(`"${expression}": exactly one of day-of-month and day-of-week must be ?`, 'put ? where any day will do');
  }
  for (const [index, field] of fields.entries()) checkCronField(expression, index, field);
  const cron = open(fields, timeZone);
  if (cron.nextRun(new Date(0)) === null) throw invalid(`"${expression}" names no day that exists`, 'correct its day, month or year');
  return { kind: 'cron', nextRun: (after) => cron.nextRun(new Date(after))?.getTime() };
}

/** Alone among wildcards, so that the error can name the field. */
function checkCronField(expression: string, index: number, field: string): void {
  const spec = CRON_FIELDS[index] ?? CRON_FIELDS[0];
  const problem = (cause?: unknown) => invalid(`"${expression}": ${spec.name} can't be ${field}`, `it takes ${spec.takes}`, cause);
  if (field.includes('?') && (field !== '?' || (index !== 2 && index !== 4))) throw problem();
  // What comes after / or # is a step or a week, not a value.
  const values = [...field.matchAll(/(?<![/#\d])\d+/g)].map(Number);
  if ('min' in spec && values.some((value) => value < spec.min || value > spec.max)) throw problem();
  try {
    open(
      CRON_FIELDS.map((_, other) => (other === index ? field : '*')),
      'UTC',
    );
  } catch (error) {
    throw problem(error);
  }
}

/** croner's dialect differs in three things: it has seconds, no `?`, and no bare L (Saturday) for the day of the week. */
function open(fields: readonly string[], timezone: string): Cron {
  const pattern = ['0', ...fields.map((field, index) => (field === '?' ? '*' : index === 4 && field === 'L' ? '7' : field))].join(' ');
  return new Cron(pattern, { paused: true, mode: '7-part', alternativeWeekdays: true, sloppyRanges: true, timezone });
}

function parseAt(expression: string, body: string, timeZone: string): ParsedSchedule {
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body) ? new Date(`${body}Z`) : undefined;
  // Dates such as February 30 are read as March 2.
  if (instant === undefined || Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(body)) {
    throw invalid(`"${expression}" is not a time`, 'write at(yyyy-mm-ddThh:mm:ss), local to timeZone and without an offset');
  }
  const once = new Cron(body, { paused: true, timezone: timeZone });
  return { kind: 'at', nextRun: (after) => once.nextRun(new Date(after))?.getTime() };
}
