import type { ConnectError } from '../../../../api/index.ts';
import { anyOther, type ErrorTable, errorFrom } from '../../../../kit/index.ts';
import { type AmqpCondition, type AmqpError, busy, byCondition, conditionError, saying, WAIT } from './conditions.ts';

/** A producer that may send nothing. */
export const noCredit = (subject: string, ms: number): ConnectError =>
  errorFrom(
    busy(
      `has taken nothing for ${ms} ms, and the broker gives no credit to send more`,
      'let consumers empty it, or raise the limits of memory and store of the broker; the next run goes on',
    ),
    subject,
  );

/** Why a broker rejected one message. */
const rejections: ErrorTable<AmqpError> = [
  [
    saying(/not authori[sz]ed|SecurityException/i),
    { code: 'FORBIDDEN', means: 'may not be written by this user', remedy: 'grant it, or correct sink.username' },
  ],
  [saying(/\b(full|limit|no space)\b|Usage/i), busy('is full', 'let consumers empty it, or raise its limits; the next run goes on')],
  [
    saying(/too large|message size|exceeds|Conver|MessageFormat|decode/i),
    ({ description = '' }) => ({
      code: 'RECORD_REFUSED',
      means: `refuses the message (${description.slice(0, 200)})`,
      remedy: 'correct what its producer writes, or the limits of the broker',
    }),
  ],
  ...byCondition({
    'amqp:unauthorized-access': {
      code: 'FORBIDDEN',
      means: 'may not be written by this user',
      remedy: 'grant it, or correct sink.username',
    },
    'amqp:resource-limit-exceeded': busy('is full', 'let consumers empty it, or raise its limits; the next run goes on'),
    'amqp:link:message-size-exceeded': {
      code: 'RECORD_REFUSED',
      means: 'takes no message of this size',
      remedy: 'raise the limit of the broker',
    },
    'amqp:decode-error': {
      code: 'RECORD_REFUSED',
      means: 'can not decode the message',
      remedy: 'correct the headers that its producer writes',
    },
    'amqp:invalid-field': { code: 'RECORD_REFUSED', means: 'refuses the message', remedy: 'correct the headers that its producer writes' },
  }),
  // Whatever else a broker can't do now, as it stops for instance, is not the record's fault.
  anyOther(({ code, description }) => ({
    code: 'WRONG_STATE',
    retriable: true,
    means: `does not take the message (${description || code || 'without a reason'})`,
    remedy: WAIT,
  })),
];

/** The broker rejected a message for `subject`. */
export const rejection = (error: AmqpCondition | undefined, subject: string): ConnectError => conditionError(rejections, error, subject);
