import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import { AnswerError, type Asked } from '../answer-errors.ts';
import { responseCode } from '../remoting/codes.ts';
import { RequestRefused } from '../send-request.ts';
import type { Answer } from './answer.ts';
import { type Requested, refusalOf } from './refusal.ts';

const { Code } = definition;

/** What RocketMQ's codes over gRPC are in its remoting protocol. A code that is not listed is retriable there, too. */
const REMOTING_CODES: Readonly<Record<number, number>> = {
  [Code.ILLEGAL_TOPIC]: responseCode.TOPIC_NOT_EXIST,
  [Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE]: responseCode.MESSAGE_ILLEGAL,
  // A proxy answers wrong keys and missing permissions by one code. The text tells them apart.
  [Code.UNAUTHORIZED]: responseCode.NO_PERMISSION,
  [Code.FORBIDDEN]: responseCode.NO_PERMISSION,
  [Code.NOT_FOUND]: responseCode.TOPIC_NOT_EXIST,
  [Code.TOPIC_NOT_FOUND]: responseCode.TOPIC_NOT_EXIST,
  [Code.TOO_MANY_REQUESTS]: responseCode.FLOW_CONTROL,
  [Code.HA_NOT_AVAILABLE]: responseCode.SLAVE_NOT_AVAILABLE,
  [Code.MASTER_PERSISTENCE_TIMEOUT]: responseCode.FLUSH_DISK_TIMEOUT,
  [Code.SLAVE_PERSISTENCE_TIMEOUT]: responseCode.FLUSH_SLAVE_TIMEOUT,
};

/** Returns where the answer is success. Throws RequestRefused or a ConnectError otherwise. */
export function requireOk(answer: Answer, requested: Asked & Requested): void {
  const { code, message } = answer;
  if (code === Code.OK) return;
  const refusal = refusalOf(answer, requested);
  if (refusal !== undefined) throw new RequestRefused(refusal);
  throw new AnswerError({ code: REMOTING_CODES[code] ?? code, remark: message }, requested);
}
