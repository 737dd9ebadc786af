import { status as grpcStatus } from '@grpc/grpc-js';
import { ConnectError, toConnectError } from '../../../api/index.ts';
import type { Called } from './called.ts';
import { noConnection } from './no-connection.ts';

const SLOW = 'check the load of RocketMQ and the network, or raise rocketmq.requestTimeoutMs';
const MAX_TEXT = 300;

/** Says what a call that RocketMQ did not answer means to the user. `error` is what grpc-js says, or already a ConnectError. */
export function transportError(error: unknown, called: Called): ConnectError {
  const { code, details } = error as { readonly code?: unknown; readonly details?: unknown };
  if (error instanceof ConnectError || typeof code !== 'number' || typeof details !== 'string') return toConnectError(error);
  const { address } = called;
  const text = plain(details);
  switch (code) {
    case grpcStatus.DEADLINE_EXCEEDED:
      return new ConnectError('TIMEOUT', `rocketmq.endpoints: no answer from ${address} in time`, {
        retriable: true,
        remedy: SLOW,
        cause: error,
      });
    case grpcStatus.PERMISSION_DENIED:
      return text === '' ? keysRefused(address, error) : refusedOnTheWay(text, address, error);
    case grpcStatus.UNAUTHENTICATED:
      return refusedOnTheWay(text === '' ? 'UNAUTHENTICATED' : text, address, error);
    case grpcStatus.RESOURCE_EXHAUSTED:
      return new ConnectError('THROTTLED', `rocketmq.endpoints: ${address} takes no more now: ${text}`, {
        retriable: true,
        remedy: SLOW,
        cause: error,
      });
    default:
      return noConnection(text, called, error);
  }
}

/** Returns the first line, without what the client, the broker and OpenSSL add to each text. */
export const plain = (text: string): string =>
  text
    .replace(/^\[request-id=[^\]]*\]\s*/, '')
    .replace(/\s*For more information, please visit the url.*$/s, '')
    .replace(/^No connection established\. Last error: (Error: )?/, '')
    .replace(/\s*Resolution note:\s*$/, '')
    .replace(/^[\dA-F]+:error:[\dA-F]+:[^:]*:[^:]*:([^:]+):.*$/s, '$1')
    .trim()
    .split('\n', 1)[0]
    ?.slice(0, MAX_TEXT) as string;

const IN_BETWEEN = 'an ingress or a service mesh before RocketMQ';

/** RocketMQ's proxies with the access control of before 5.3 refuse wrong keys and missing permissions by this status, without a word. */
const keysRefused = (address: string, cause: unknown) =>
  new ConnectError('AUTH_FAILED', `rocketmq.accessKey: ${address} refuses the access key, or what it asks for`, {
    remedy: `correct rocketmq.accessKey and rocketmq.secretKey, and allow what the user needs; ${IN_BETWEEN} must let this client in, too`,
    cause,
  });

/**
 * RocketMQ itself answers by codes of its own. A gateway, which says such a thing for it, may do so for a while only: its tokens and keys
 * run out and are renewed, and it refuses all where it can't ask its own authority. The same request may then succeed.
 */
const refusedOnTheWay = (text: string, address: string, cause: unknown) =>
  new ConnectError('AUTH_FAILED', `rocketmq.endpoints: ${IN_BETWEEN} at ${address} refuses this client: ${text}`, {
    retriable: true,
    remedy: 'let this client in there; if it is that place that looks at the keys, correct rocketmq.accessKey and rocketmq.secretKey',
    cause,
  });
