import type { ConnectError, Direction } from '../../../../api/index.ts';
import { anyOther, type ErrorEntry, type ErrorTable, perSection } from '../../../../kit/index.ts';
import { type AmqpCondition, type AmqpError, ANY, again, byCondition, conditionError, defect, saying } from './conditions.ts';

/** What a broker says as it closes a link or its session. */
const linkErrors = perSection((section): ErrorTable<AmqpError> => {
  // Whoever plans is told of a wrong name; what goes away between two plans may be made again.
  const missing: ErrorEntry = { code: 'NOT_FOUND', retriable: true, means: 'does not exist', remedy: 'create it, or correct the name' };
  return [
    // Classic forgets who a client is as it ends the connection, and refuses what it was still asked for.
    [saying(/User is not authenticated/), again('was asked for as the broker ended the connection')],
    // Whoever may not create a queue is told so by Classic where the queue does not exist.
    [saying(/not authorized to create/), missing],
    ...byCondition({
      ...ANY,
      'amqp:not-found': missing,
      'amqp:resource-deleted': { code: 'NOT_FOUND', retriable: true, means: 'was deleted', remedy: 'create it again, or remove the name' },
      'amqp:unauthorized-access': {
        code: 'FORBIDDEN',
        means: `may not be ${section === 'sink' ? 'written' : 'read'} by this user`,
        remedy: `grant it, or correct ${section}.username`,
      },
      'amqp:invalid-field': { code: 'CONFIG_INVALID', means: 'is refused', remedy: 'correct the name or its selector' },
      'amqp:precondition-failed': { code: 'CONFIG_INVALID', means: 'is refused', remedy: 'correct the name or its selector' },
      'amqp:illegal-state': {
        code: 'WRONG_KIND',
        means: 'is of another kind',
        remedy:
          section === 'sink'
            ? 'write queue:// or topic:// before the name in sink.destination'
            : `name queues in ${section}.queues, topics in ${section}.subscriptions`,
      },
      'amqp:link:stolen': again(
        'was taken over by another client of that name',
        'end the other one; the next run goes on where this one ended',
      ),
      'amqp:link:message-size-exceeded': defect('has a message that is larger than this link takes'),
      'amqp:internal-error': again('was closed by the broker (amqp:internal-error)'),
    }),
    anyOther(({ code }) => again(`was closed by the broker (${code || 'no reason'})`)),
  ];
});

/** The broker refused or closed the link to `subject`, for instance `queue orders`. */
export const linkError = (error: AmqpCondition | undefined, subject: string, section: Direction): ConnectError =>
  conditionError(linkErrors(section), error, subject);
