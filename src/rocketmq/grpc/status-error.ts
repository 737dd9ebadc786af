import { type ServiceError, status } from '@grpc/grpc-js';
import { ConnectError, toConnectError } from '../../api/index.ts';
import { AnswerError, type Asked } from '../answer-errors.ts';
import { responseCode } from '../remoting/codes.ts';
import { noAnswer } from '../remoting/connection-error.ts';
import { RequestRefused } from '../send-request.ts';

/** The part of RocketMQ's Status that says what became of a request. */
export interface Answer {
  readonly code: number;
  readonly message: string;
}

export const OK = 20_000;
/** A message has no body. */
export const EMPTY_BODY = 41_302;

/** What RocketMQ's codes over gRPC are in its remoting protocol. A code that is not listed is retriable there, too. */
const REMOTING_CODES: Readonly<Record<number, number>> = {
  40002: responseCode.TOPIC_NOT_EXIST,
  40014: responseCode.MESSAGE_ILLEGAL,
  // A proxy answers wrong keys and missing permissions by one code. The text tells them apart.
  40100: responseCode.NO_PERMISSION,
  40300: responseCode.NO_PERMISSION,
  40400: responseCode.TOPIC_NOT_EXIST,
  40402: responseCode.TOPIC_NOT_EXIST,
  42900: responseCode.FLOW_CONTROL,
  50002: responseCode.SLAVE_NOT_AVAILABLE,
  50401: responseCode.FLUSH_DISK_TIMEOUT,
  50402: responseCode.FLUSH_SLAVE_TIMEOUT,
};

/** RocketMQ refuses the content of the request: tag, key, group, property, time, message id, size. */
const REFUSED = new Set([40_004, 40_005, 40_006, 40_007, 40_009, 40_012, 40_016, 41_300, 41_301, 41_302, 43_101]);
/** A limit of the broker behind the proxy, whose answer has the code of any failure. */
const TOO_LARGE_TEXT = /message (body )?size exceeded|body size over max|properties length over/i;

/** Returns where the answer is success. Throws RequestRefused or a ConnectError otherwise. */
export function requireOk({ code, message }: Answer, asked: Asked): void {
  if (code === OK) return;
  if (REFUSED.has(code) || TOO_LARGE_TEXT.test(message)) throw new RequestRefused(`${message} (code ${code})`);
  throw new AnswerError({ code: REMOTING_CODES[code] ?? code, remark: message }, asked);
}

/** Says what a call that failed before RocketMQ answered means to the user. All are worth another try. */
export function callError(error: unknown, address: string, timeoutMs: number): ConnectError {
  const { code, details } = error as Partial<ServiceError>;
  if (error instanceof ConnectError || code === undefined || details === undefined) return toConnectError(error);
  if (code === status.DEADLINE_EXCEEDED) return noAnswer(address, timeoutMs);
  const tls = /certificate|altname|self.signed|SSL|TLS|EPROTO/i.test(details);
  const reason = details.split('\n', 1)[0]?.slice(0, 300);
  if (tls) {
    return new ConnectError('TLS_FAILED', `rocketmq.endpoints: TLS with ${address} failed: ${reason}`, {
      retriable: true,
      remedy: `let the certificate of ${address} name that host (or set rocketmq.tls.servername), and give its authority as rocketmq.tls.ca; or set rocketmq.tls to false, where the proxy takes no TLS`,
      cause: error,
    });
  }
  return new ConnectError('UNREACHABLE', `rocketmq.endpoints: no answer over gRPC from ${address} (${reason})`, {
    retriable: true,
    remedy:
      "name a proxy's gRPC port (8081), or for a name server or a remoting port remove rocketmq.protocol; if it takes TLS only, set rocketmq.tls",
    cause: error,
  });
}
