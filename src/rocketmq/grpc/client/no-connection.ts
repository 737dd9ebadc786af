import { ConnectError } from '../../../api/index.ts';
import type { Called } from './called.ts';

const CERTIFICATE = /certificate|self.signed|unable to (verify|get)|altname/i;
/** The server speaks TLS, and ends the handshake with the reason. */
const ALERT = /(ssl|tls)\S* alert /i;
/** Matches the texts for a server that accepts the connection and speaks another protocol, with TLS or without. */
const OTHER_PROTOCOL =
  /failed to connect|protocol error|no application protocol|wrong version number|socket hang up|before secure TLS|ECONNRESET|EPROTO/i;

const OWN_PORT = "name a proxy's gRPC port (8081) in rocketmq.endpoints, or set rocketmq.protocol to remoting";

/** Says why no connection came about. `text` is what grpc-js says of it. All of these are worth another try: servers come back. */
export function noConnection(text: string, { address, tls }: Called, cause: unknown): ConnectError {
  const failure = (code: 'TLS_FAILED' | 'UNREACHABLE', message: string, remedy: string) =>
    new ConnectError(code, `rocketmq.endpoints: ${message}`, { retriable: true, remedy, cause });
  if (OTHER_PROTOCOL.test(text)) {
    const message = `${address} does not answer in gRPC, which rocketmq.protocol names (${text})`;
    return failure('UNREACHABLE', message, `${OWN_PORT}; ${tls ? WITH_TLS : WITHOUT_TLS}`);
  }
  if (ALERT.test(text)) return failure('TLS_FAILED', `${address} refused the TLS handshake: ${text}`, REFUSED);
  if (CERTIFICATE.test(text)) {
    const named = `let the certificate of ${address} name that host (or set rocketmq.tls.servername)`;
    return failure('TLS_FAILED', `TLS with ${address} failed: ${text}`, `${named}, and give its authority as rocketmq.tls.ca`);
  }
  const remedy = `check that a RocketMQ proxy listens there and that this machine may connect; ${OWN_PORT}`;
  return failure('UNREACHABLE', `no connection to ${address} (${text})`, remedy);
}

const OWN_CERTIFICATE = 'if it asks for a certificate, give one that it trusts as rocketmq.tls.cert and rocketmq.tls.key';
const REFUSED = `${OWN_CERTIFICATE}; otherwise let it speak TLS 1.2 or newer`;
/** Since TLS 1.3 a server may refuse a client's certificate behind the handshake, and the client sees a connection that ends. */
const WITH_TLS = `if it takes no TLS, set rocketmq.tls to false; ${OWN_CERTIFICATE}`;
const WITHOUT_TLS = 'if it takes TLS only, set rocketmq.tls to true';
