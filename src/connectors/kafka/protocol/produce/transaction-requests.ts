import { setTimeout as sleep } from 'node:timers/promises';
import {
  addOffsetsToTxnV3,
  addPartitionsToTxnV3,
  type Connection,
  endTxnV3,
  initProducerIdV4,
  offsetFetchV7,
  protocolErrorsCodesById,
  txnOffsetCommitV3,
} from '@platformatic/kafka';
import { ConnectError, type Position } from '../../../../api/index.ts';
import { backOff } from '../../../../kit/index.ts';
import { type Apis, isOffered, type Versioned } from '../api-versions.ts';
import { partialAnswer } from '../errors/protocol-errors.ts';
import { transactionError } from '../errors/transaction-errors.ts';
import { partitionName, type TopicPartition } from '../partition-name.ts';

/**
 * Kafka answers the end of a transaction before all partitions know of it, and takes no other one of that id meanwhile. That is mostly a
 * matter of milliseconds.
 */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;
const MOST_PAUSES = 8;
/** Brokers that offer this version of the request to add partitions look whether a batch belongs to an open transaction. */
const VERIFIED_SINCE = 4;
const NO_GENERATION = -1;
const NO_MEMBER = '';
const ANY_EPOCH = -1;
/** Positions stand beside this partition of a topic. */
const PARTITION = 0;

/** Who writes by a transactional id, until somebody else begins to. */
export interface Holder {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly epoch: number;
}

/** Begins to write by a transactional id: what its holder before left open is aborted, and that holder is shut out. Throws ConnectError. */
export async function takeTransactionalId(connection: Connection, apis: Apis, transactionalId: string, timeoutMs: number): Promise<Holder> {
  const { api } = spoken(apis, 'initProducerId', initProducerIdV4);
  const answer = await settled(
    () => partialAnswer(api.async(connection, transactionalId, timeoutMs)),
    ({ errorCode }) => errorCode,
  );
  throwIfWrong(answer.errorCode, `transactional id ${transactionalId}`);
  return { transactionalId, producerId: answer.producerId, epoch: answer.producerEpoch };
}

/** Adds partitions to the holder's transaction, and begins it where none is open. Throws ConnectError. */
export async function addPartitions(
  connection: Connection,
  apis: Apis,
  holder: Holder,
  partitions: readonly TopicPartition[],
): Promise<void> {
  const { api } = spoken(apis, 'addPartitionsToTxn', addPartitionsToTxnV3);
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition }) => partition),
  }));
  const { transactionalId, producerId, epoch: producerEpoch } = holder;
  const request = [{ transactionalId, producerId, producerEpoch, verifyOnly: false, topics }];
  const results = (answer: Awaited<ReturnType<typeof api.async>>) =>
    answer.resultsByTransaction.flatMap(({ topicResults }) =>
      topicResults.flatMap(({ name, resultsByPartition }) =>
        resultsByPartition.map(({ partitionIndex: partition, partitionErrorCode: code }) => ({ topic: name, partition, code })),
      ),
    );
  const answer = await settled(
    () => partialAnswer(api.async(connection, request)),
    (given) => results(given)[0]?.code ?? 0,
  );
  // One error is the reason why the others were not even looked at.
  const wrong = results(answer).filter(({ code }) => code !== 0);
  const [first] = [...wrong.filter(({ code }) => errorName(code) !== 'OPERATION_NOT_ATTEMPTED'), ...wrong];
  if (first === undefined) return;
  const name = errorName(first.code);
  const isOfPartition = /^(UNKNOWN_)?TOPIC|^INVALID_TOPIC|^OPERATION/.test(name);
  throw transactionError(name, isOfPartition ? `partition ${partitionName(first)}` : `transactional id ${transactionalId}`);
}

/** Adds the group to the holder's open transaction. Throws ConnectError. */
export async function addGroup(connection: Connection, apis: Apis, holder: Holder, group: string): Promise<void> {
  const { api } = spoken(apis, 'addOffsetsToTxn', addOffsetsToTxnV3);
  const { transactionalId, producerId, epoch } = holder;
  const answer = await settled(
    () => partialAnswer(api.async(connection, transactionalId, producerId, epoch, group)),
    ({ errorCode }) => errorCode,
  );
  const isOfGroup = errorName(answer.errorCode).includes('GROUP');
  throwIfWrong(answer.errorCode, isOfGroup ? `group ${group}` : `transactional id ${transactionalId}`);
}

/** Where a queue is, as a group keeps it. */
export interface GroupPosition {
  readonly topic: string;
  /** For people who look at the group. */
  readonly offset: number;
  readonly position: Position;
}

/** Sets the group's position within the holder's transaction, which has the group. Throws ConnectError. */
export async function setPosition(connection: Connection, apis: Apis, holder: Holder, group: string, at: GroupPosition): Promise<void> {
  const { api } = spoken(apis, 'txnOffsetCommit', txnOffsetCommitV3);
  const { transactionalId, producerId, epoch } = holder;
  const part = {
    partitionIndex: PARTITION,
    committedOffset: BigInt(at.offset),
    committedLeaderEpoch: ANY_EPOCH,
    committedMetadata: at.position,
  };
  const topics = [{ name: at.topic, partitions: [part] }];
  const answer = await partialAnswer(
    api.async(connection, transactionalId, group, producerId, epoch, NO_GENERATION, NO_MEMBER, null, topics),
  );
  const code = answer.topics[0]?.partitions[0]?.errorCode ?? 0;
  if (errorName(code) === 'TOPIC_AUTHORIZATION_FAILED') throw unreadable(at.topic);
  throwIfWrong(code, `group ${group}`);
}

/** Commits or aborts the holder's transaction. A commit may be asked for again. Throws ConnectError. */
export async function endTransaction(connection: Connection, apis: Apis, holder: Holder, committed: boolean): Promise<void> {
  const { api } = spoken(apis, 'endTxn', endTxnV3);
  const { transactionalId, producerId, epoch } = holder;
  const answer = await settled(
    () => partialAnswer(api.async(connection, transactionalId, producerId, epoch, committed)),
    ({ errorCode }) => errorCode,
  );
  throwIfWrong(answer.errorCode, `transactional id ${transactionalId}`);
}

/**
 * Aborts the holder's transaction, whose records may still be on their way to brokers: only where those take no record outside of a
 * transaction, as they do since Kafka 3.6. Throws ConnectError.
 */
export async function abandonTransaction(connection: Connection, apis: Apis, holder: Holder): Promise<void> {
  const isVerified = apis.offered.some(({ apiKey, maxVersion }) => apiKey === addPartitionsToTxnV3.api.key && maxVersion >= VERIFIED_SINCE);
  if (isVerified) await endTransaction(connection, apis, holder, false);
}

/** The position beside a topic that the group's last committed transaction set, once no other one is open. Throws ConnectError. */
export async function committedPosition(connection: Connection, apis: Apis, group: string, topic: string): Promise<Position | undefined> {
  const { api } = spoken(apis, 'offsetFetch', offsetFetchV7);
  const asked = [{ groupId: group, topics: [{ name: topic, partitionIndexes: [PARTITION] }] }];
  const answer = await partialAnswer(api.async(connection, asked, true));
  throwIfWrong(answer.errorCode, `group ${group}`);
  const found = answer.topics[0]?.partitions[0];
  // Who may not see the topic can't set a position beside it either.
  if (errorName(found?.errorCode ?? 0) === 'TOPIC_AUTHORIZATION_FAILED') return undefined;
  throwIfWrong(found?.errorCode ?? 0, `group ${group}`);
  const position = found?.metadata ?? '';
  return position === '' ? undefined : position;
}

/** Asks again while the last transaction is being ended, for some 200 ms. */
async function settled<T>(ask: () => Promise<T>, codeOf: (answer: T) => number): Promise<T> {
  for (let pauses = 0; ; pauses += 1) {
    const answer = await ask();
    if (pauses === MOST_PAUSES || errorName(codeOf(answer)) !== 'CONCURRENT_TRANSACTIONS') return answer;
    await sleep(backOff(pauses, FIRST_PAUSE_MS, LONGEST_PAUSE_MS));
  }
}

function spoken<T extends Versioned>({ offered }: Apis, name: string, request: T): T {
  if (isOffered(offered, request.api)) return request;
  throw new ConnectError('WRONG_KIND', `sink.delivery: the brokers speak no known version of ${name}`, {
    remedy: 'use Kafka 2.8 or newer for exactly-once, or set sink.delivery to at-least-once',
  });
}

const errorName = (code: number): string => protocolErrorsCodesById[code] ?? String(code);

function throwIfWrong(code: number, subject: string): void {
  if (code !== 0) throw transactionError(errorName(code), subject);
}

/** A user who may not read a topic can keep no position beside it. */
export const unreadable = (topic: string): ConnectError =>
  new ConnectError('FORBIDDEN', `topic ${topic} may not be read by this user, so that no position can be kept beside it`, {
    remedy: 'grant it READ on the topic, too, or set sink.delivery to at-least-once',
  });
