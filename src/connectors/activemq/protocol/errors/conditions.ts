import type { ConnectError } from '../../../../api/index.ts';
import { type ErrorEntry, type ErrorTable, entryFor, errorFrom, type SystemError } from '../../../../kit/index.ts';

export const WAIT = 'wait for the broker; the next run goes on where this one ended';
const REPORT = 'look into the log of the broker, and report it with what stands there';

export const again = (means: string, remedy = WAIT): ErrorEntry => ({ code: 'UNREACHABLE', retriable: true, means, remedy });
export const busy = (means: string, remedy = WAIT): ErrorEntry => ({ code: 'THROTTLED', retriable: true, means, remedy });
export const defect = (means: string): ErrorEntry => ({ code: 'INTERNAL', means, remedy: REPORT });

/** An AMQP error as rhea gives it. */
export interface AmqpCondition {
  readonly condition?: string | undefined;
  readonly description?: string | undefined;
}

/** An AMQP error by its condition, or one of a socket by Node's code. */
export interface AmqpError extends SystemError {
  /** The broker's own words. */
  readonly description?: string | undefined;
}

/** Of these only the broker's own words tell what is meant. */
const TOLD = new Set([
  'amqp:decode-error',
  'amqp:invalid-field',
  'amqp:precondition-failed',
  'amqp:not-allowed',
  'amqp:not-implemented',
  'amqp:resource-limit-exceeded',
  'amqp:internal-error',
]);

/** Rows of AMQP's own names of errors, with the broker's words where it takes them. */
export const byCondition = (entries: Readonly<Record<string, ErrorEntry>>): ErrorTable<AmqpError> =>
  Object.entries(entries).map(([condition, entry]) => [
    condition,
    ({ description = '' }) =>
      TOLD.has(condition) && description !== '' ? { ...entry, means: `${entry.means} (${description.slice(0, 200)})` } : entry,
  ]);

/** A broker's words, whatever the condition is. */
export const saying =
  (words: RegExp) =>
  ({ description = '' }: AmqpError): boolean =>
    words.test(description);

/** Conditions that links, sessions and connections have in common. Any other is UNREACHABLE and retriable. */
export const ANY: Readonly<Record<string, ErrorEntry>> = {
  'amqp:resource-limit-exceeded': busy(
    'is at a limit of the broker',
    'wait until it has room, or raise its limit (of consumers, connections or memory) there',
  ),
  'amqp:resource-locked': busy('is held by another client alone', 'wait until that ends, or end it'),
  'amqp:not-implemented': {
    code: 'WRONG_KIND',
    means: 'asks for what this broker can not do',
    remedy: 'name a broker that can, or remove the option',
  },
  'amqp:not-allowed': { code: 'FORBIDDEN', means: 'is not allowed by the broker', remedy: 'allow it there, or remove the name' },
  // Classic says so of any exception, also of those that its own shutdown throws in the middle of a command.
  'amqp:decode-error': again('could not process what it got', `${WAIT}. If it stays so, ${REPORT}`),
  'amqp:frame-size-too-small': defect('got a frame larger than the broker takes'),
  'amqp:connection:framing-error': again('could not read what it got', `${WAIT}. If it stays so, ${REPORT}`),
};

/** What the first row that an error of AMQP fits says of `subject`. The last row of `table` fits any. */
export function conditionError(table: ErrorTable<AmqpError>, error: AmqpCondition | undefined, subject: string): ConnectError {
  const { condition: code, description } = error ?? {};
  return errorFrom(entryFor(table, { code, description }) as ErrorEntry, subject, error);
}
