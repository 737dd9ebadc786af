import { ConnectError } from '../../api/index.ts';
import type { RemotingResponse } from './frame.ts';

const TLS_CODES = /^(ERR_TLS|ERR_SSL|CERT_|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** Says what a failed attempt to open a connection means to the user. All are worth another try: servers come back. */
export function connectionError(address: string, tls: boolean, error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const { name, code = '', message } = error as NodeJS.ErrnoException;
  if (TLS_CODES.test(code)) {
    return new ConnectError('TLS_FAILED', `rocketmq.endpoints: TLS with ${address} failed: ${message.split(';', 1)[0]}`, {
      retriable: true,
      remedy: `let the certificate of ${address} name that host (or set rocketmq.tls.servername), and give its authority as rocketmq.tls.ca`,
      cause: error,
    });
  }
  if (tls && code === 'ECONNRESET') {
    return new ConnectError('TLS_FAILED', `rocketmq.tls: ${address} ended the TLS handshake`, {
      retriable: true,
      remedy: 'switch TLS on at RocketMQ (tls.server.mode, certificate), or set rocketmq.tls to false',
      cause: error,
    });
  }
  const reason = name === 'AbortError' ? 'no answer in time' : code === '' ? message : code;
  return new ConnectError('UNREACHABLE', `rocketmq.endpoints: no connection to ${address} (${reason})`, {
    retriable: true,
    remedy: `check that RocketMQ listens there and that this machine may connect`,
    cause: error,
  });
}

/** The server accepted the connection and closed it without ever answering: it speaks another protocol, or only TLS. */
export function notAnswering(address: string, tls: boolean, cause?: unknown): ConnectError {
  return new ConnectError('UNREACHABLE', `rocketmq.endpoints: ${address} does not answer in RocketMQ's remoting protocol`, {
    retriable: true,
    remedy: `name a name server (port 9876) or a proxy's remoting port (8080), or for a proxy's gRPC port set rocketmq.protocol to grpc${tls ? '' : '; if it takes TLS only, set rocketmq.tls to true'}`,
    cause,
  });
}

/** A request that the server took and did not answer in time, nor refused. */
export function noAnswer(address: string, timeoutMs: number): ConnectError {
  return new ConnectError(...noAnswerIn(address, timeoutMs));
}

/** The same where the answer is still awaited, because the server may carry out the request later. */
export class Unanswered<Answer = RemotingResponse> extends ConnectError {
  /** Resolves with the answer, if it comes after all, or with nothing when the connection ended. */
  readonly settled: Promise<Answer | undefined>;
  /** Ends the waiting and the connection: what has not left this machine is never sent. Who gets this error must call it, once or more. */
  readonly giveUp: () => void;

  constructor(address: string, timeoutMs: number, settled: Promise<Answer | undefined>, giveUp: () => void) {
    super(...noAnswerIn(address, timeoutMs));
    this.settled = settled;
    this.giveUp = giveUp;
  }
}

const noAnswerIn = (address: string, timeoutMs: number): ConstructorParameters<typeof ConnectError> => [
  'TIMEOUT',
  `rocketmq.endpoints: no answer from ${address} within ${timeoutMs} ms`,
  { retriable: true, remedy: 'check the load of RocketMQ and the network, or raise rocketmq.requestTimeoutMs' },
];
