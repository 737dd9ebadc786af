import { requestCode } from './remoting/codes.ts';
import type { MessageFilter } from './types.ts';

/** RocketMQ's own group for tools: every broker has it, and no offset is stored for it. */
export const READER_GROUP = 'TOOLS_CONSUMER';
/** With this flag the request says itself what it subscribes to, so no consumer needs to be registered. */
const FLAG_SUBSCRIPTION = 4;

/** Where to read, and how many messages at most. A broker may give fewer. */
export interface PullPlace {
  readonly topic: string;
  readonly queue: number;
  readonly offset: number;
  readonly count: number;
  /** Default: RocketMQ's own group for tools. */
  readonly group?: string;
  /** Default: all messages. */
  readonly filter?: MessageFilter | undefined;
}

/** Makes the request for messages of a queue at any place. No consumer loses one. The broker answers at once, also where there are none. */
export function pullRequest({ topic, queue, offset, count, group = READER_GROUP, filter }: PullPlace) {
  const fields: Readonly<Record<string, string>> = {
    consumerGroup: group,
    topic,
    queueId: String(queue),
    queueOffset: String(offset),
    maxMsgNums: String(count),
    sysFlag: String(FLAG_SUBSCRIPTION),
    commitOffset: '0',
    suspendTimeoutMillis: '0',
    subVersion: '0',
    ...subscription(filter),
  };
  return { code: requestCode.PULL_MESSAGE, fields };
}

function subscription(filter: MessageFilter | undefined) {
  if (filter === undefined) return { subscription: '*', expressionType: 'TAG' };
  return 'sql' in filter
    ? { subscription: filter.sql, expressionType: 'SQL92' }
    : { subscription: filter.tags.join(' || '), expressionType: 'TAG' };
}
