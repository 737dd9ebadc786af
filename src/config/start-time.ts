import * as z from 'zod';
import type { Issue } from './issue.ts';
import { integer, text } from './options.ts';

/** A date, or a date and time with its zone. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** The time from which on a log is copied. */
export const startTime = z.union([
  integer({ description: 'Milliseconds since 1970.', unit: 'none', min: 0, max: 8_640_000_000_000_000 }),
  text({ description: 'ISO 8601 date, or date and time with its zone.', pattern: ISO_TIME, expects: 'a time like 2030-12-24T18:00:00Z' }),
]);

/** A time may have the right form and be none, such as February 30. */
export function refineStartTime(startAt: string | object, issue: Issue): void {
  const time = typeof startAt === 'object' && 'timestamp' in startAt ? String(startAt.timestamp) : '';
  if (ISO_TIME.test(time) && Number.isNaN(Date.parse(time))) issue(['startAt', 'timestamp'], `${time} is no date`, 'correct it');
}
