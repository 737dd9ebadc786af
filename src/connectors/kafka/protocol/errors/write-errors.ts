import { byCode, type ErrorEntry, type ErrorTable } from '../../../../kit/index.ts';

const WAIT = 'wait for the brokers; the next run goes on where this one ended';

const ABSENT: ErrorEntry = {
  code: 'NOT_FOUND',
  means: 'does not exist',
  remedy: 'create it with kafka-topics.sh --create, or correct sink.topic',
};
const TOO_FEW_REPLICAS: ErrorEntry = {
  code: 'WRONG_STATE',
  retriable: true,
  means: 'has fewer replicas in sync than its min.insync.replicas',
  remedy: 'see whether the brokers that hold it run; the next run goes on',
};
const TOO_LARGE: ErrorEntry = {
  code: 'RECORD_REFUSED',
  means: 'is larger than the topic takes',
  remedy: 'raise max.message.bytes of the topic',
};
const OUT_OF_SEQUENCE: ErrorEntry = {
  code: 'WRONG_STATE',
  retriable: true,
  means: 'no longer knows what this producer wrote before',
  remedy: WAIT,
};

/** Errors that a broker answers to who writes, where they mean something else than to who reads. */
export const writeErrors: ErrorTable = byCode({
  UNKNOWN_TOPIC_OR_PARTITION: ABSENT,
  UNKNOWN_TOPIC_ID: ABSENT,
  INVALID_TOPIC_EXCEPTION: { code: 'CONFIG_INVALID', means: 'is not a topic that can be written', remedy: 'correct sink.topic' },
  TOPIC_AUTHORIZATION_FAILED: {
    code: 'FORBIDDEN',
    means: 'may not be written by this user',
    remedy: 'grant it WRITE and DESCRIBE on the topic, or correct sink.sasl',
  },
  CLUSTER_AUTHORIZATION_FAILED: {
    code: 'FORBIDDEN',
    means: 'refuses this user a producer id, by which it tells repeats',
    remedy: 'grant it WRITE on the topic, before Kafka 2.8 IDEMPOTENT_WRITE on the cluster, too, or correct sink.sasl',
  },
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: {
    code: 'FORBIDDEN',
    means: 'may not be used by this user',
    remedy: 'grant it WRITE and DESCRIBE on the transactional id, or set sink.delivery to at-least-once',
  },
  GROUP_AUTHORIZATION_FAILED: {
    code: 'FORBIDDEN',
    means: 'may not be used by this user, and it keeps positions',
    remedy: 'grant it READ on the group, or set sink.delivery to at-least-once',
  },
  NOT_ENOUGH_REPLICAS: TOO_FEW_REPLICAS,
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: TOO_FEW_REPLICAS,
  MESSAGE_TOO_LARGE: TOO_LARGE,
  RECORD_LIST_TOO_LARGE: TOO_LARGE,
  INVALID_RECORD: {
    code: 'RECORD_REFUSED',
    means: 'is no record for this topic',
    remedy: 'give the record a key where the topic is compacted',
  },
  INVALID_TIMESTAMP: {
    code: 'RECORD_REFUSED',
    means: 'has a time that the topic does not take',
    remedy:
      'raise message.timestamp.before.max.ms or message.timestamp.after.max.ms of the topic, or set its message.timestamp.type to LogAppendTime',
  },
  UNSUPPORTED_COMPRESSION_TYPE: {
    code: 'CONFIG_INVALID',
    means: 'is not taken in this compression',
    remedy: 'correct sink.compression',
  },
  UNSUPPORTED_FOR_MESSAGE_FORMAT: {
    code: 'WRONG_KIND',
    means: 'is kept in a message format before that of Kafka 0.11',
    remedy: 'set message.format.version of the topic to a newer one',
  },
  CORRUPT_MESSAGE: { code: 'WRONG_STATE', retriable: true, means: 'was damaged on its way to the broker', remedy: WAIT },
  KAFKA_STORAGE_ERROR: {
    code: 'WRONG_STATE',
    retriable: true,
    means: "can't be written to the disk of its leader now",
    remedy: 'check the disk of the broker, or let another replica lead the partition',
  },
  OUT_OF_ORDER_SEQUENCE_NUMBER: OUT_OF_SEQUENCE,
  UNKNOWN_PRODUCER_ID: OUT_OF_SEQUENCE,
  INVALID_PRODUCER_EPOCH: OUT_OF_SEQUENCE,
  PRODUCER_FENCED: OUT_OF_SEQUENCE,
});
