import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import { ConnectError, type ConnectErrorOptions, type ErrorCode } from '../../../api/index.ts';
import type { Called } from '../client/called.ts';
import { plain, transportError } from '../client/transport-error.ts';

const { Code } = definition;

/** Who is asked, and for what. Names of topic and group are with their namespace. */
export interface Asked extends Called {
  readonly topic: string;
  readonly group: string;
}

const admin = (command: string) => `mqadmin ${command} -n <name server> -c <cluster>`;

/** The proxy says it in a status of its own, or by the words with which it ends a stream. */
const GROUP_MISSING = /group.*not (exist|found)/i;
const TOPIC_MISSING = /no topic route|topic.*not (exist|found)/i;
/** A proxy answers a missing permission by the code for wrong keys. The text names what the user may not do. */
const NO_PERMISSION = /has no permission to access/;
const FILTER_REFUSED = /parse the consumer's subscription/;

/** Says what a failed call means to the user. The message begins with the option that it is about. */
export function grpcError(error: unknown, asked: Asked): ConnectError {
  if (error instanceof ConnectError) return error;
  const known = isAnswer(error) ? ofProxy(error, asked) : ofTransport(error, asked);
  if (known === undefined) return transportError(error, asked);
  const [kind, about, options] = known;
  return new ConnectError(kind, about, { ...options, cause: error });
}

interface Coded {
  readonly code: number;
  readonly message: string;
}

/** A RefusedStatus, or an error of RocketMQ's client, has the proxy's code; one of grpc-js has a code below all of them. */
const isAnswer = (error: unknown): error is Coded => Number((error as Partial<Coded>).code) >= Code.OK;

type Known = readonly [ErrorCode, string, ConnectErrorOptions];

function ofTransport(error: unknown, asked: Asked): Known | undefined {
  return GROUP_MISSING.test(String((error as { readonly details?: unknown }).details)) ? noGroup(asked) : undefined;
}

function ofProxy({ code, message }: Coded, asked: Asked): Known {
  const { address, topic, group } = asked;
  const text = plain(message);
  if (code === Code.TOPIC_NOT_FOUND || TOPIC_MISSING.test(text)) return noTopic(asked);
  if (code === Code.CONSUMER_GROUP_NOT_FOUND || GROUP_MISSING.test(text)) return noGroup(asked);
  if (FILTER_REFUSED.test(text)) return wrongFilter(text);
  if (NO_PERMISSION.test(text)) return forbidden(asked, text);
  switch (code) {
    case Code.UNAUTHORIZED:
      return unauthorized(address, text);
    case Code.FORBIDDEN:
      return forbidden(asked, text);
    case Code.TOO_MANY_REQUESTS: {
      const remedy = "raise what the proxy and the cluster let through, or lower the connector's maxTasks";
      return ['THROTTLED', `rocketmq.endpoints: ${address} takes no more requests now: ${text}`, { retriable: true, remedy }];
    }
    case Code.ILLEGAL_FILTER_EXPRESSION:
      return wrongFilter(text);
    case Code.ILLEGAL_INVISIBLE_TIME:
      return ['CONFIG_INVALID', `rocketmq.invisibleTimeMs: ${text}`, { remedy: 'set it to a time that the proxy allows' }];
    case Code.ILLEGAL_CONSUMER_GROUP: {
      const remedy = 'set rocketmq.group to another name';
      return ['CONFIG_INVALID', `rocketmq.group: RocketMQ refuses the name ${group}: ${text}`, { remedy }];
    }
    case Code.ILLEGAL_TOPIC:
      return ['CONFIG_INVALID', `rocketmq.topic: RocketMQ refuses the name ${topic}: ${text}`, { remedy: 'correct the name of the topic' }];
    default: {
      const isOwn = code >= Code.BAD_REQUEST && code < Code.INTERNAL_ERROR;
      return ['INTERNAL', `rocketmq.endpoints: ${address} answers ${code}: ${text}`, { retriable: !isOwn }];
    }
  }
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

const wrongFilter = (text: string): Known => [
  'CONFIG_INVALID',
  `rocketmq.filter: ${text}`,
  { remedy: 'correct rocketmq.filter or rocketmq.tags' },
];

const unauthorized = (address: string, text: string): Known => [
  'AUTH_FAILED',
  `rocketmq.accessKey: ${address} refuses the access key: ${text}`,
  { remedy: 'correct rocketmq.accessKey and rocketmq.secretKey' },
];

const forbidden = ({ topic, group }: Asked, text: string): Known => [
  'FORBIDDEN',
  `${/ Group:/.test(text) ? 'rocketmq.group' : 'rocketmq.topic'}: the user may not read topic ${topic} as group ${group}: ${text}`,
  { remedy: `allow it: mqadmin createAcl -s User:<accessKey> -r Topic:${topic},Group:${group} -a Sub -d Allow` },
];
