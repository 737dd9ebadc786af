import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import { AnswerError, type Asked } from '../answer-errors.ts';
import { responseCode } from '../remoting/codes.ts';
import { RequestRefused } from '../send-request.ts';

const { Code } = definition;

/** The part of RocketMQ's Status that says what became of a request. */
export interface Answer {
  readonly code: number;
  readonly message: string;
}

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

/** RocketMQ refuses the content of the request. */
const REFUSED: ReadonlySet<number> = new Set([
  Code.ILLEGAL_MESSAGE_TAG,
  Code.ILLEGAL_MESSAGE_KEY,
  Code.ILLEGAL_MESSAGE_GROUP,
  Code.ILLEGAL_MESSAGE_PROPERTY_KEY,
  Code.ILLEGAL_MESSAGE_ID,
  Code.ILLEGAL_DELIVERY_TIME,
  Code.MESSAGE_CORRUPTED,
  Code.PAYLOAD_TOO_LARGE,
  Code.MESSAGE_BODY_TOO_LARGE,
  Code.MESSAGE_BODY_EMPTY,
  Code.MESSAGE_PROPERTIES_TOO_LARGE,
]);
/** A limit of the broker behind the proxy, whose answer has the code of any failure. */
const TOO_LARGE_TEXT = /message (body )?size exceeded|body size over max|properties length over/i;

/** Returns where the answer is success. Throws RequestRefused or a ConnectError otherwise. */
export function requireOk({ code, message }: Answer, asked: Asked): void {
  if (code === Code.OK) return;
  if (REFUSED.has(code) || TOO_LARGE_TEXT.test(message)) throw new RequestRefused(`${message} (code ${code})`);
  throw new AnswerError({ code: REMOTING_CODES[code] ?? code, remark: message }, asked);
}
