import type { ConnectError } from '../../../../api/index.ts';
import { byCode, type ErrorEntry, type ErrorTable, entryFor, errorFrom } from '../../../../kit/index.ts';
import { leaderError } from './protocol-errors.ts';

const WAIT = 'wait for the brokers; the next run goes on where this one ended';

const FENCED: ErrorEntry = {
  code: 'LEASE_LOST',
  retriable: true,
  means: 'was taken over by another run',
  remedy: 'wait for that run; where other deployments have a connector of this name, give each a sink.transactionalIdPrefix',
};
const BUSY: ErrorEntry = { code: 'WRONG_STATE', retriable: true, means: 'is still ending its last transaction', remedy: WAIT };
/** Only a new transaction mends it: no other try of the same request. */
const ENDED: ErrorEntry = {
  code: 'WRONG_STATE',
  means: 'has no open transaction any more',
  remedy: 'wait: its records are written again',
};

/** Errors that mean something else to a transaction than to a batch on its own. */
const transactionErrors: ErrorTable = byCode({
  PRODUCER_FENCED: FENCED,
  INVALID_PRODUCER_EPOCH: FENCED,
  CONCURRENT_TRANSACTIONS: BUSY,
  UNSTABLE_OFFSET_COMMIT: BUSY,
  INVALID_TXN_STATE: ENDED,
  INVALID_PRODUCER_ID_MAPPING: ENDED,
  TRANSACTION_ABORTABLE: ENDED,
  OUT_OF_ORDER_SEQUENCE_NUMBER: ENDED,
  UNKNOWN_PRODUCER_ID: ENDED,
  INVALID_TRANSACTION_TIMEOUT: {
    code: 'CONFIG_INVALID',
    means: 'needs longer transactions than the brokers allow: three times sink.requestTimeoutMs, and a minute at least',
    remedy: 'raise transaction.max.timeout.ms of the brokers, or lower sink.requestTimeoutMs',
  },
});

/** What a broker answered about `subject` within a transaction, for instance `partition orders-0`. */
export function transactionError(name: string, subject: string): ConnectError {
  const entry = entryFor(transactionErrors, { code: name });
  return entry === undefined ? leaderError(name, subject, 'sink') : errorFrom(entry, subject);
}
