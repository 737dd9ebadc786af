import { requestCode } from './remoting/codes.ts';

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
}

/** Makes the request for messages of a queue at any place. No consumer loses one. The broker answers at once, also where there are none. */
export function pullRequest({ topic, queue, offset, count }: PullPlace) {
  const fields: Readonly<Record<string, string>> = {
    consumerGroup: READER_GROUP,
    topic,
    queueId: String(queue),
    queueOffset: String(offset),
    maxMsgNums: String(count),
    sysFlag: String(FLAG_SUBSCRIPTION),
    commitOffset: '0',
    suspendTimeoutMillis: '0',
    subscription: '*',
    subVersion: '0',
    expressionType: 'TAG',
  };
  return { code: requestCode.PULL_MESSAGE, fields };
}
