import { status as grpcStatus } from '@grpc/grpc-js';
import { ConnectError, type ConnectErrorOptions, type ErrorCode } from '../../../api/index.ts';

/** Who is asked, and for what. Names of topic and group are with their namespace. */
export interface Asked {
  readonly address: string;
  readonly topic: string;
  readonly group: string;
  readonly tls: boolean;
}

/** Codes of RocketMQ's proxy. */
export const proxyCode = {
  OK: 20_000,
  MULTIPLE_RESULTS: 30_000,
  ILLEGAL_TOPIC: 40_002,
  ILLEGAL_CONSUMER_GROUP: 40_003,
  ILLEGAL_FILTER_EXPRESSION: 40_010,
  ILLEGAL_INVISIBLE_TIME: 40_011,
  INVALID_RECEIPT_HANDLE: 40_013,
  UNAUTHORIZED: 40_100,
  FORBIDDEN: 40_300,
  NOT_FOUND: 40_400,
  MESSAGE_NOT_FOUND: 40_401,
  TOPIC_NOT_FOUND: 40_402,
  CONSUMER_GROUP_NOT_FOUND: 40_403,
  TOO_MANY_REQUESTS: 42_900,
} as const;

const admin = (command: string) => `mqadmin ${command} -n <name server> -c <cluster>`;

/** The proxy says it in a status of its own, or by the words with which it ends a stream. */
const GROUP_MISSING = /group.*not (exist|found)/i;
const TOPIC_MISSING = /no topic route|topic.*not (exist|found)/i;

/** Says what a failed call means to the user. The message begins with the option that it is about. */
export function grpcError(error: unknown, asked: Asked): ConnectError {
  if (error instanceof ConnectError) return error;
  const { code = 0, details, message } = error as { code?: number; details?: string; message: string };
  const text = plain(details ?? message);
  const known = code >= 10_000 ? ofProxy(code, text, asked) : ofTransport(code, text, asked);
  const [kind, about, options] = known;
  return new ConnectError(kind, about, { ...options, cause: error });
}

/** Without what the client and the broker add to each text. */
const plain = (text: string): string =>
  text
    .replace(/^\[request-id=[^\]]*\]\s*/, '')
    .replace(/\s*For more information, please visit the url.*$/s, '')
    .replace(/^No connection established\. Last error: (Error: )?/, '')
    .replace(/\s*Resolution note:\s*$/, '')
    .trim();

type Known = readonly [ErrorCode, string, ConnectErrorOptions];

function ofProxy(code: number, text: string, asked: Asked): Known {
  const { address, topic, group } = asked;
  if (code === proxyCode.TOPIC_NOT_FOUND || TOPIC_MISSING.test(text)) return noTopic(asked);
  if (code === proxyCode.CONSUMER_GROUP_NOT_FOUND || GROUP_MISSING.test(text)) return noGroup(asked);
  if (code >= proxyCode.UNAUTHORIZED && code < proxyCode.UNAUTHORIZED + 100) return unauthorized(address, text);
  if (code >= proxyCode.FORBIDDEN && code < proxyCode.FORBIDDEN + 100) return forbidden(asked, text);
  if (code === proxyCode.TOO_MANY_REQUESTS) {
    const remedy = "raise what the proxy and the cluster let through, or lower the connector's maxTasks";
    return ['THROTTLED', `rocketmq.endpoints: ${address} takes no more requests now: ${text}`, { retriable: true, remedy }];
  }
  if (code === proxyCode.ILLEGAL_FILTER_EXPRESSION || /parse the consumer's subscription/.test(text)) {
    return ['CONFIG_INVALID', `rocketmq.filter: ${text}`, { remedy: 'correct rocketmq.filter or rocketmq.tags' }];
  }
  if (code === proxyCode.ILLEGAL_INVISIBLE_TIME) {
    return ['CONFIG_INVALID', `rocketmq.invisibleTimeMs: ${text}`, { remedy: 'set it to a time that the proxy allows' }];
  }
  if (code === proxyCode.ILLEGAL_CONSUMER_GROUP) {
    return [
      'CONFIG_INVALID',
      `rocketmq.group: RocketMQ refuses the name ${group}: ${text}`,
      { remedy: 'set rocketmq.group to another name' },
    ];
  }
  if (code === proxyCode.ILLEGAL_TOPIC) {
    return ['CONFIG_INVALID', `rocketmq.topic: RocketMQ refuses the name ${topic}: ${text}`, { remedy: 'correct the name of the topic' }];
  }
  const isOwn = code >= 40_000 && code < 50_000;
  return ['INTERNAL', `rocketmq.endpoints: ${address} answers ${code}: ${text}`, { retriable: !isOwn }];
}

function ofTransport(code: number, text: string, asked: Asked): Known {
  const { address, tls } = asked;
  if (GROUP_MISSING.test(text)) return noGroup(asked);
  switch (code) {
    case grpcStatus.DEADLINE_EXCEEDED:
      return ['TIMEOUT', `rocketmq.endpoints: no answer from ${address} in time`, { retriable: true, remedy: SLOW }];
    case grpcStatus.UNAUTHENTICATED:
      return unauthorized(address, text);
    case grpcStatus.PERMISSION_DENIED:
      return forbidden(asked, text);
    case grpcStatus.RESOURCE_EXHAUSTED:
      return ['THROTTLED', `rocketmq.endpoints: ${address} takes no more now: ${text}`, { retriable: true, remedy: SLOW }];
    case grpcStatus.UNAVAILABLE:
    case grpcStatus.INTERNAL:
    case grpcStatus.UNIMPLEMENTED:
    case grpcStatus.UNKNOWN:
    case grpcStatus.CANCELLED:
      return unreachable(address, text, tls);
    default:
      return ['INTERNAL', `rocketmq.endpoints: ${address}: ${text}`, { retriable: true }];
  }
}

const SLOW = 'check the load of RocketMQ and the network, or raise rocketmq.requestTimeoutMs';
const CERTIFICATE = /certificate|self.signed|unable to (verify|get)|altname/i;
/** Matches the texts of grpc-js for a server that accepts the connection and speaks another protocol. */
const OTHER_PROTOCOL = /failed to connect|protocol error|wrong version number|socket hang up|ECONNRESET/i;

function unreachable(address: string, text: string, tls: boolean): Known {
  if (CERTIFICATE.test(text)) {
    const remedy = `let the certificate of ${address} name that host (or set rocketmq.tls.servername), and give its authority as rocketmq.tls.ca`;
    return ['TLS_FAILED', `rocketmq.endpoints: TLS with ${address} failed: ${text}`, { retriable: true, remedy }];
  }
  const own = `name a proxy's gRPC port (8081) in rocketmq.endpoints, or set rocketmq.protocol to remoting`;
  if (OTHER_PROTOCOL.test(text)) {
    const other = tls ? 'if it takes no TLS, set rocketmq.tls to false' : 'if it takes TLS only, set rocketmq.tls to true';
    return [
      'UNREACHABLE',
      `rocketmq.endpoints: ${address} does not answer in gRPC, which rocketmq.protocol names (${text})`,
      { retriable: true, remedy: `${own}; ${other}` },
    ];
  }
  const remedy = `check that a RocketMQ proxy listens there and that this machine may connect; ${own}`;
  return ['UNREACHABLE', `rocketmq.endpoints: no connection to ${address} (${text})`, { retriable: true, remedy }];
}

const noGroup = ({ group }: Asked): Known => [
  'NOT_FOUND',
  `rocketmq.group: RocketMQ has no consumer group ${group}`,
  { remedy: `create it: ${admin('updateSubGroup')} -g ${group}; or name another one in rocketmq.group` },
];

const noTopic = ({ topic }: Asked): Known => [
  'NOT_FOUND',
  `rocketmq.topic: RocketMQ has no topic ${topic}`,
  { remedy: `create it: ${admin('updateTopic')} -t ${topic}` },
];

const unauthorized = (address: string, text: string): Known => [
  'AUTH_FAILED',
  `rocketmq.accessKey: ${address} refuses the access key: ${text}`,
  { remedy: 'correct rocketmq.accessKey and rocketmq.secretKey' },
];

const forbidden = ({ topic, group }: Asked, text: string): Known => [
  'FORBIDDEN',
  `rocketmq.accessKey: the user may not read topic ${topic} as group ${group}: ${text}`,
  { remedy: `allow Sub on Topic:${topic} and on Group:${group}` },
];
