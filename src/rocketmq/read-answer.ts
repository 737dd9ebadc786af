import { ConnectError } from '../api/index.ts';
import { AnswerError, type Asked } from './answer-errors.ts';
import { READER_GROUP } from './pull-request.ts';
import { responseCode } from './remoting/codes.ts';
import type { RemotingResponse } from './remoting/frame.ts';

/** These answers mean that there is none: no message at this offset, or no longer (they say where to go on), or no offset. */
const NOTHING: ReadonlySet<number> = new Set([
  responseCode.PULL_NOT_FOUND,
  responseCode.PULL_RETRY_IMMEDIATELY,
  responseCode.PULL_OFFSET_MOVED,
  responseCode.QUERY_NOT_FOUND,
]);

/** Returns the answer to a request that reads a topic. Throws a ConnectError where the broker refuses it. */
export function readAnswer(answer: RemotingResponse, asked: Asked): RemotingResponse {
  if (answer.code === responseCode.SUCCESS || NOTHING.has(answer.code)) return answer;
  const refusal = new AnswerError(answer, asked);
  // Wrong keys have the same code, and another text.
  throw answer.code === responseCode.NO_PERMISSION && refusal.code === 'FORBIDDEN' ? mayNotRead(asked.topic) : refusal;
}

const mayNotRead = (topic: string): ConnectError =>
  new ConnectError('FORBIDDEN', `rocketmq.topic: no permission to read topic ${topic}`, {
    remedy: allowGroup(topic, READER_GROUP),
  });

/** How a user may read a topic with a consumer group; both with their namespace. */
export const allowGroup = (topic: string, group: string): string =>
  `allow it: mqadmin createAcl -s User:<accessKey> -r Topic:${topic},Group:${group} -a Sub -d Allow`;
