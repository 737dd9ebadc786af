import { protocolErrors } from '@platformatic/kafka';
import type { ConnectError } from '../../../../api/index.ts';
import { type ErrorEntry, errorFrom } from '../../../../kit/index.ts';

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
const GROUP_OF_OTHERS: ErrorEntry = {
  code: 'WRONG_STATE',
  means: 'has members, and only they may commit to it',
  remedy: 'set source.commitGroup to a name that no consumer uses',
};

/** Errors that a broker answers, by Kafka's own names. */
const ANSWERS: Readonly<Record<string, ErrorEntry>> = {
  UNKNOWN_TOPIC_OR_PARTITION: { code: 'NOT_FOUND', means: 'does not exist', remedy: 'create it, or correct source.topics' },
  UNKNOWN_TOPIC_ID: { code: 'NOT_FOUND', means: 'does not exist any more', remedy: 'create it, or correct source.topics' },
  INVALID_TOPIC_EXCEPTION: { code: 'CONFIG_INVALID', means: 'is not a name that a topic can have', remedy: 'correct source.topics' },
  TOPIC_AUTHORIZATION_FAILED: {
    code: 'FORBIDDEN',
    means: 'may not be read by this user',
    remedy: 'grant it READ and DESCRIBE on the topic, or correct source.sasl',
  },
  CLUSTER_AUTHORIZATION_FAILED: {
    code: 'FORBIDDEN',
    means: 'may not be used by this user',
    remedy: 'grant it access, or correct source.sasl',
  },
  GROUP_AUTHORIZATION_FAILED: {
    code: 'FORBIDDEN',
    means: 'may not be used by this user',
    remedy: 'grant it READ on the group, or remove source.commitGroup',
  },
  UNKNOWN_MEMBER_ID: GROUP_OF_OTHERS,
  ILLEGAL_GENERATION: GROUP_OF_OTHERS,
  REBALANCE_IN_PROGRESS: GROUP_OF_OTHERS,
  STALE_MEMBER_EPOCH: GROUP_OF_OTHERS,
  GROUP_ID_NOT_FOUND: { ...GROUP_OF_OTHERS, means: 'is of a kind to which no offsets can be committed' },
  INVALID_GROUP_ID: { code: 'CONFIG_INVALID', means: 'is not a name that a group can have', remedy: 'correct source.commitGroup' },
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
};

/** What a broker answered about `subject`, for instance `topic orders`. */
export const protocolError = (name: string, subject: string): ConnectError => errorFrom(answerEntry(name), subject);

/**
 * What a leader answered about one of its partitions. Where it does not know it, that is no word about the topic: a leader that has just
 * started hears late of what it leads. Whether there is such a topic, only the metadata tells.
 */
export const leaderError = (name: string, subject: string): ConnectError =>
  errorFrom(/^UNKNOWN_TOPIC_(OR_PARTITION|ID)$/.test(name) ? UNKNOWN_TO_LEADER : answerEntry(name), subject);

/** An answer that is not listed is retriable where Kafka says so, and where Kafka's client does not know it either. */
export function answerEntry(name: string): ErrorEntry {
  const known = ANSWERS[name];
  if (known !== undefined) return known;
  if (protocolErrors[name]?.canRetry ?? true) {
    return { code: 'WRONG_STATE', retriable: true, means: `can't be read now: the broker answers ${name}`, remedy: WAIT };
  }
  const remedy = 'look into the log of the broker, and see whether what it runs is Kafka 2.4 or newer';
  return { code: 'WRONG_KIND', means: `is refused by the broker: it answers ${name}`, remedy };
}
