import { protocolErrors } from '@platformatic/kafka';
import type { ConnectError, Direction } from '../../../../api/index.ts';
import { anyOther, byCode, type ErrorEntry, type ErrorTable, entryFor, errorFrom, perSection } from '../../../../kit/index.ts';
import { writeErrors } from './write-errors.ts';

const WAIT = 'wait for the brokers; the next run goes on where this one ended';

const NO_LEADER: ErrorEntry = {
  code: 'WRONG_STATE',
  retriable: true,
  means: 'has no leader now',
  remedy: 'see whether the brokers that hold it run; the next run goes on',
};
const MOVING: ErrorEntry = { code: 'WRONG_STATE', retriable: true, means: 'is being handed to another leader', remedy: WAIT };
const UNKNOWN_TO_LEADER: ErrorEntry = { code: 'WRONG_STATE', retriable: true, means: 'is not known to its leader', remedy: WAIT };
const NO_COORDINATOR: ErrorEntry = { code: 'WRONG_STATE', retriable: true, means: 'has no coordinator now', remedy: WAIT };
/** Which option of a section names groups. */
const GROUP_OPTIONS = { source: 'commitGroup', sink: 'transactionalIdPrefix' } as const;

/** Errors that a broker answers, by Kafka's own names. One that is not listed may pass where Kafka says so, and where Kafka's client does not know it either. */
export const answerErrors = perSection((section): ErrorTable => {
  const groupOption = `${section}.${GROUP_OPTIONS[section]}`;
  const groupOfOthers: ErrorEntry = {
    code: 'WRONG_STATE',
    means: 'has members, and only they may commit to it',
    remedy: `set ${groupOption} to a name that no consumer uses`,
  };
  return [
    ...(section === 'sink' ? writeErrors : []),
    ...byCode({
      UNKNOWN_TOPIC_OR_PARTITION: { code: 'NOT_FOUND', means: 'does not exist', remedy: `create it, or correct ${section}.topics` },
      UNKNOWN_TOPIC_ID: { code: 'NOT_FOUND', means: 'does not exist any more', remedy: `create it, or correct ${section}.topics` },
      INVALID_TOPIC_EXCEPTION: {
        code: 'CONFIG_INVALID',
        means: 'is not a name that a topic can have',
        remedy: `correct ${section}.topics`,
      },
      TOPIC_AUTHORIZATION_FAILED: {
        code: 'FORBIDDEN',
        means: 'may not be read by this user',
        remedy: `grant it READ and DESCRIBE on the topic, or correct ${section}.sasl`,
      },
      CLUSTER_AUTHORIZATION_FAILED: {
        code: 'FORBIDDEN',
        means: 'may not be used by this user',
        remedy: `grant it access, or correct ${section}.sasl`,
      },
      GROUP_AUTHORIZATION_FAILED: {
        code: 'FORBIDDEN',
        means: 'may not be used by this user',
        remedy: `grant it READ on the group, or remove ${section}.commitGroup`,
      },
      UNKNOWN_MEMBER_ID: groupOfOthers,
      ILLEGAL_GENERATION: groupOfOthers,
      REBALANCE_IN_PROGRESS: groupOfOthers,
      STALE_MEMBER_EPOCH: groupOfOthers,
      GROUP_ID_NOT_FOUND: { ...groupOfOthers, means: 'is of a kind to which no offsets can be committed' },
      INVALID_GROUP_ID: { code: 'CONFIG_INVALID', means: 'is not a name that a group can have', remedy: `correct ${groupOption}` },
      REQUEST_TIMED_OUT: { code: 'TIMEOUT', retriable: true, means: 'was not answered in time', remedy: WAIT },
      THROTTLING_QUOTA_EXCEEDED: { code: 'THROTTLED', retriable: true, means: 'is over its quota', remedy: WAIT },
      LEADER_NOT_AVAILABLE: NO_LEADER,
      REPLICA_NOT_AVAILABLE: NO_LEADER,
      BROKER_NOT_AVAILABLE: NO_LEADER,
      NOT_LEADER_OR_FOLLOWER: MOVING,
      FENCED_LEADER_EPOCH: MOVING,
      UNKNOWN_LEADER_EPOCH: MOVING,
      OFFSET_NOT_AVAILABLE: MOVING,
      NOT_COORDINATOR: NO_COORDINATOR,
      COORDINATOR_NOT_AVAILABLE: NO_COORDINATOR,
      COORDINATOR_LOAD_IN_PROGRESS: NO_COORDINATOR,
      NETWORK_EXCEPTION: { code: 'UNREACHABLE', retriable: true, means: 'was lost: its broker can not reach another one', remedy: WAIT },
      UNKNOWN_SERVER_ERROR: {
        code: 'WRONG_STATE',
        retriable: true,
        means: "met an error of the broker's own",
        remedy: 'look into the log of the broker; the next run tries again',
      },
      CORRUPT_MESSAGE: {
        code: 'RECORD_REFUSED',
        means: "is damaged in its leader's log, so that the broker itself can't read it",
        remedy: 'let another replica lead the partition (kafka-leader-election, or reassign it), then the next run goes on',
      },
      KAFKA_STORAGE_ERROR: {
        code: 'WRONG_STATE',
        retriable: true,
        means: "can't be read from the disk of its leader now",
        remedy: 'check the disk of the broker, or let another replica lead the partition',
      },
      UNSUPPORTED_VERSION: { code: 'WRONG_KIND', means: 'is served by a broker of an unknown version', remedy: 'use Kafka 2.4 or newer' },
    }),
    [
      ({ code = '' }) => protocolErrors[code]?.canRetry ?? true,
      ({ code }) => ({
        code: 'WRONG_STATE',
        retriable: true,
        means: `can't be ${section === 'sink' ? 'written' : 'read'} now: the broker answers ${code}`,
        remedy: WAIT,
      }),
    ],
    anyOther(({ code }) => ({
      code: 'WRONG_KIND',
      means: `is refused by the broker: it answers ${code}`,
      remedy: 'look into the log of the broker, and see whether what it runs is Kafka 2.4 or newer',
    })),
  ];
});

/** What a broker answered about `subject`, for instance `topic orders`. */
export const protocolError = (name: string, subject: string, section: Direction): ConnectError =>
  errorFrom(entryFor(answerErrors(section), { code: name }) as ErrorEntry, subject);

/**
 * What a leader answered about one of its partitions. Where it does not know it, that is no word about the topic: a leader that has just
 * started hears late of what it leads. Whether there is such a topic, only the metadata tells.
 */
export const leaderError = (name: string, subject: string, section: Direction): ConnectError =>
  /^UNKNOWN_TOPIC_(OR_PARTITION|ID)$/.test(name) ? errorFrom(UNKNOWN_TO_LEADER, subject) : protocolError(name, subject, section);

/** The library throws an answer in which anything is wrong as a whole; this gets it back, to be read part by part. */
export async function partialAnswer<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'response' in error && error.response !== undefined) return error.response as T;
    throw error;
  }
}
