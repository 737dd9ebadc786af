import type { SQSEvent } from 'aws-lambda';
import { ConnectError } from '../src/api/errors.ts';
import type { LookEvent, LookSchedule, TaskEvent } from '../src/triggers/trigger.ts';

/** Tasks are numbered from 0. */
const MAX_TASK = 9_999;

const STARTERS: readonly unknown[] = ['event', 'person', 'continuation'] satisfies TaskEvent['by'][];

const isName = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(value);
const isCount = (value: unknown, most: number): boolean => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

/** Accepts what a trigger sends. Throws CONFIG_INVALID for anything else. */
export function taskEvent(event: unknown): TaskEvent {
  const { connector, task, hop, startAt, waitsFor, by } = (typeof event === 'object' && event !== null ? event : {}) as Partial<TaskEvent>;
  const counts = [hop, startAt, waitsFor].every((count) => count === undefined || isCount(count, Number.MAX_SAFE_INTEGER));
  const isStarter = by === undefined || STARTERS.includes(by);
  if (isName(connector) && isCount(task, MAX_TASK) && counts && isStarter) return event as TaskEvent;
  throw new ConnectError('CONFIG_INVALID', `not a task's event: ${JSON.stringify({ connector, task, hop, startAt, waitsFor, by })}`, {
    remedy: 'send {"connector":"NAME","task":0}',
  });
}

/** Accepts what a schedule sends to have a look taken at a connector. Throws CONFIG_INVALID for anything else. */
export function lookEvent(event: unknown): LookEvent {
  if (isLookEvent(event)) return event;
  throw new ConnectError('CONFIG_INVALID', `not a look's event: ${JSON.stringify(event)?.slice(0, 200)}`, {
    remedy: 'send {"connector":"NAME"}',
  });
}

export function isLookEvent(event: unknown): event is LookEvent {
  const { connector, schedule, ...rest } = (typeof event === 'object' && event !== null ? event : {}) as Partial<LookEvent>;
  return isName(connector) && Object.keys(rest).length === 0 && (schedule === undefined || isLookSchedule(schedule));
}

function isLookSchedule(schedule: unknown): schedule is LookSchedule {
  const { name, minutes, ...rest } = (typeof schedule === 'object' && schedule !== null ? schedule : {}) as Partial<LookSchedule>;
  return isName(name) && isCount(minutes, Number.MAX_SAFE_INTEGER) && Object.keys(rest).length === 0;
}

export const isSqsEvent = (event: unknown): event is SQSEvent => Array.isArray((event as Partial<SQSEvent> | undefined)?.Records);

export function bodyOf(body: string): unknown {
  try {
    const message = JSON.parse(body);
    // What Lambda gave up comes wrapped; a dead letter that is redriven is the event that it was.
    return message?.requestContext === undefined ? message : message.requestPayload;
  } catch {
    return undefined;
  }
}
