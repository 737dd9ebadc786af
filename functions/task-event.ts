import type { SQSEvent } from 'aws-lambda';
import { ConnectError } from '../src/api/errors.ts';
import type { TaskEvent } from '../src/triggers/trigger.ts';

/** Accepts what a trigger sends; throws CONFIG_INVALID for anything else. */
export function taskEvent(event: unknown): TaskEvent {
  const { connector, task, hop } = (event ?? {}) as Partial<TaskEvent>;
  if (typeof connector === 'string' && Number.isInteger(task)) return event as TaskEvent;
  throw new ConnectError('CONFIG_INVALID', `not a task's event: ${JSON.stringify({ connector, task, hop })}`, {
    remedy: 'send {"connector":"NAME","task":0}',
  });
}

export const isSqsEvent = (event: unknown): event is SQSEvent => Array.isArray((event as Partial<SQSEvent> | undefined)?.Records);

export function bodyOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
