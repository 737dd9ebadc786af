import pMap from 'p-map';
import { ConnectError } from '../api/index.ts';
import { AnswerError } from './answer-errors.ts';
import { pullRequest } from './pull-request.ts';
import { allowGroup } from './read-answer.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import type { RemotingResponse } from './remoting/frame.ts';

const AT_ONCE = 64;
/** Names the client that makes a group known, and is gone at once. */
const CLIENT_ID = 'rocketmq-connect';
/** So RocketMQ 5 says that it keeps the offset to which somebody has reset the group. */
const RESET_TEXT = /previously reset/i;

/** A group, with its namespace. */
export interface GroupOn {
  readonly client: RemotingClient;
  readonly group: string;
  readonly timeoutMs: number;
  /** What becomes of a reset: it is undone, or stays for later. */
  readonly resets: 'undo' | 'leave';
}

/** Where a queue is, and the offset that the group is to have there. */
export interface GroupOffset {
  readonly name: string;
  readonly address: string;
  readonly broker: string;
  /** With its namespace. */
  readonly topic: string;
  readonly queue: number;
  readonly offset: number;
}

/**
 * Sets offsets of a consumer group, and makes the group known to brokers that do not know it. Resolves with the names of queues whose offset
 * somebody had reset; they have the given one now, where resets are undone. Throws the first ConnectError: FORBIDDEN, NOT_FOUND for a group that a broker
 * does not make by itself, UNREACHABLE, TIMEOUT. Nothing is asked twice.
 */
export async function tellGroup(on: GroupOn, offsets: readonly GroupOffset[]): Promise<string[]> {
  const byBroker = Map.groupBy(offsets, ({ address }) => address);
  return (await Promise.all([...byBroker.values()].map((places) => tellBroker(on, places)))).flat();
}

/**
 * The first offset of a topic goes alone: of several that come at once, a broker that has none of the group in this topic keeps one and
 * loses the others.
 */
async function tellBroker(on: GroupOn, places: readonly GroupOffset[]): Promise<string[]> {
  const store = async (to: GroupOffset) => stored(on, to, await update(on, to));
  const left: GroupOffset[] = [];
  const reset: string[] = [];
  for (const [first, ...others] of Map.groupBy(places, ({ topic }) => topic).values()) {
    if (first === undefined) continue;
    const answer = await update(on, first);
    if (answer.code === responseCode.SUBSCRIPTION_GROUP_NOT_EXIST) {
      await makeKnown(on, first);
      accepted(on, first, await update(on, first));
      // Another task may have made the group known at the same time, and then the first offset of one of the two is lost.
      left.push(first);
    } else {
      reset.push(...(await stored(on, first, answer)));
    }
    left.push(...others);
  }
  return [...reset, ...(await pMap(left, store, { concurrency: AT_ONCE })).flat()];
}

/** Looks at the answer to an update, and repeats it behind a reset that is undone. Resolves with the name of a queue that was reset. */
async function stored(on: GroupOn, to: GroupOffset, answer: RemotingResponse): Promise<string[]> {
  accepted(on, to, answer);
  if (!RESET_TEXT.test(answer.remark)) return [];
  if (on.resets === 'undo') {
    await takeReset(on, to);
    accepted(on, to, await update(on, to));
  }
  return [to.name];
}

function update({ client, group, timeoutMs }: GroupOn, { address, broker, topic, queue, offset }: GroupOffset): Promise<RemotingResponse> {
  const fields = { consumerGroup: group, topic, queueId: String(queue), commitOffset: String(offset), bname: broker };
  return client.request(address, { code: requestCode.UPDATE_CONSUMER_OFFSET, fields }, timeoutMs);
}

/**
 * Comes and goes as a consumer: a broker then makes the group, and the topic for its retries, where tools look up the group's brokers. Only
 * for groups that the broker does not know: it would disturb consumers of the group.
 */
async function makeKnown(on: GroupOn, to: GroupOffset): Promise<void> {
  const { client, group, timeoutMs } = on;
  const { address, topic } = to;
  const consumer = {
    groupName: group,
    consumeType: 'CONSUME_ACTIVELY',
    messageModel: 'CLUSTERING',
    consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET',
    subscriptionDataSet: [{ topic, subString: '*', expressionType: 'TAG', tagsSet: [], codeSet: [], subVersion: 0 }],
    unitMode: false,
  };
  const body = Buffer.from(JSON.stringify({ clientID: CLIENT_ID, producerDataSet: [], consumerDataSet: [consumer] }));
  accepted(on, to, await client.request(address, { code: requestCode.HEART_BEAT, fields: {}, body }, timeoutMs));
  const fields = { clientID: CLIENT_ID, consumerGroup: group };
  await client.request(address, { code: requestCode.UNREGISTER_CLIENT, fields }, timeoutMs);
}

/** A reset stays until a consumer of the group takes it, and until then the broker stores no offset. */
async function takeReset({ client, group, timeoutMs }: GroupOn, { address, broker, topic, queue, offset }: GroupOffset): Promise<void> {
  const { code, fields } = pullRequest({ group, topic, queue, offset, count: 1 });
  await client.request(address, { code, fields: { ...fields, bname: broker } }, timeoutMs);
}

function accepted({ group }: GroupOn, { address, topic }: GroupOffset, answer: RemotingResponse): void {
  if (answer.code === responseCode.SUCCESS) return;
  const off = 'or set rocketmq.reportOffsets to false';
  if (answer.code === responseCode.SUBSCRIPTION_GROUP_NOT_EXIST) {
    throw new ConnectError('NOT_FOUND', `the broker at ${address} does not know consumer group ${group}`, {
      remedy: `create it: mqadmin updateSubGroup -n <name server> -c <cluster> -g ${group}, ${off}`,
    });
  }
  const refusal = new AnswerError(answer, { address, topic });
  if (refusal.code !== 'FORBIDDEN') throw refusal;
  throw new ConnectError('FORBIDDEN', `no permission to store offsets of consumer group ${group}`, {
    remedy: `${allowGroup(topic, group)}, ${off}`,
  });
}
