import { status as grpcStatus } from '@grpc/grpc-js';
import { ConnectError, toConnectError } from '../../../api/index.ts';

/** Says where a call went, for the error that names it: `host:port`, and whether the connection was encrypted. */
export interface Called {
  readonly address: string;
  readonly tls: boolean;
}

const SLOW = 'check the load of RocketMQ and the network, or raise rocketmq.requestTimeoutMs';
const CERTIFICATE = /certificate|self.signed|unable to (verify|get)|altname/i;
/** Matches the texts of grpc-js for a server that accepts the connection and speaks another protocol. */
const OTHER_PROTOCOL = /failed to connect|protocol error|wrong version number|socket hang up|ECONNRESET|EPROTO/i;
const MAX_TEXT = 300;

/** Says what a call that RocketMQ did not answer means to the user. `error` is what grpc-js says, or already a ConnectError. */
export function transportError(error: unknown, { address, tls }: Called): ConnectError {
  const { code, details } = error as { readonly code?: unknown; readonly details?: unknown };
  if (error instanceof ConnectError || typeof code !== 'number' || typeof details !== 'string') return toConnectError(error);
  const text = plain(details);
  switch (code) {
    case grpcStatus.DEADLINE_EXCEEDED:
      return new ConnectError('TIMEOUT', `rocketmq.endpoints: no answer from ${address} in time`, {
        retriable: true,
        remedy: SLOW,
        cause: error,
      });
    case grpcStatus.UNAUTHENTICATED:
    case grpcStatus.PERMISSION_DENIED:
      return new ConnectError('AUTH_FAILED', `rocketmq.accessKey: ${address} refuses the access key: ${text}`, {
        remedy: 'correct rocketmq.accessKey and rocketmq.secretKey, or what lets this user in',
        cause: error,
      });
    case grpcStatus.RESOURCE_EXHAUSTED:
      return new ConnectError('THROTTLED', `rocketmq.endpoints: ${address} takes no more now: ${text}`, {
        retriable: true,
        remedy: SLOW,
        cause: error,
      });
    default:
      return unreachable(text, { address, tls }, error);
  }
}

/** Returns the first line, without what the client and the broker add to each text. */
export const plain = (text: string): string =>
  text
    .replace(/^\[request-id=[^\]]*\]\s*/, '')
    .replace(/\s*For more information, please visit the url.*$/s, '')
    .replace(/^No connection established\. Last error: (Error: )?/, '')
    .replace(/\s*Resolution note:\s*$/, '')
    .trim()
    .split('\n', 1)[0]
    ?.slice(0, MAX_TEXT) as string;

function unreachable(text: string, { address, tls }: Called, cause: unknown): ConnectError {
  if (CERTIFICATE.test(text)) {
    return new ConnectError('TLS_FAILED', `rocketmq.endpoints: TLS with ${address} failed: ${text}`, {
      retriable: true,
      remedy: `let the certificate of ${address} name that host (or set rocketmq.tls.servername), and give its authority as rocketmq.tls.ca`,
      cause,
    });
  }
  const own = "name a proxy's gRPC port (8081) in rocketmq.endpoints, or set rocketmq.protocol to remoting";
  if (OTHER_PROTOCOL.test(text)) {
    const other = tls ? 'if it takes no TLS, set rocketmq.tls to false' : 'if it takes TLS only, set rocketmq.tls to true';
    return new ConnectError(
      'UNREACHABLE',
      `rocketmq.endpoints: ${address} does not answer in gRPC, which rocketmq.protocol names (${text})`,
      { retriable: true, remedy: `${own}; ${other}`, cause },
    );
  }
  return new ConnectError('UNREACHABLE', `rocketmq.endpoints: no connection to ${address} (${text})`, {
    retriable: true,
    remedy: `check that a RocketMQ proxy listens there and that this machine may connect; ${own}`,
    cause,
  });
}
