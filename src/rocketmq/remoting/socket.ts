import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { ConnectError } from '../../api/index.ts';
import { withPatience } from '../../kit/index.ts';
import { connectionError } from './connection-error.ts';
import { resetSocket } from './reset-socket.ts';

/** The options of `tls.connect` besides the address. */
export type SocketTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>;

export interface OpenSocket {
  readonly socket: Socket;
  /** Ends the connection at once. A socket that is only closed still delivers what waits in it, for minutes, and without a sign. */
  readonly reset: () => void;
}

/**
 * Opens a TCP or TLS connection to `host:port` (an IPv6 host in brackets). With TLS the certificate must name the host, or
 * `servername`, and lead to a trusted CA: those of `ca`, else Node's own list and the file named by NODE_EXTRA_CA_CERTS.
 * Rejects with ConnectError UNREACHABLE, TLS_FAILED or CONFIG_INVALID, at the latest after `timeoutMs`.
 */
export async function openSocket(address: string, tls: SocketTls | undefined, timeoutMs: number): Promise<OpenSocket> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  // Only a socket of TCP can be reset.
  const transport = connect({ host, port: Number(address.slice(colon + 1)), noDelay: true });
  let socket: Socket = transport;
  // With TLS a failure is reported twice. Nobody waits for the second report, which would end the process.
  transport.on('error', (error) => socket.destroy(error));
  try {
    if (tls !== undefined) socket = overTls(transport, host, tls);
    await withPatience(Math.max(1, timeoutMs), (signal) => once(socket, tls ? 'secureConnect' : 'connect', { signal }));
  } catch (error) {
    socket.destroy();
    transport.destroy();
    throw connectionError(address, tls !== undefined, error);
  }
  const reset = () => {
    resetSocket(transport);
    if (socket !== transport) socket.destroy();
  };
  return { socket, reset };
}

/** Opens TLS on a transport. Throws CONFIG_INVALID where a certificate or key is none. */
function overTls(transport: Socket, host: string, tls: SocketTls): Socket {
  try {
    const socket = connectTls({ socket: transport, host, ...(isIP(host) === 0 && { servername: host }), ...tls });
    return socket.on('error', () => {});
  } catch (error) {
    throw new ConnectError('CONFIG_INVALID', `rocketmq.tls: ${(error as Error).message}`, {
      remedy: 'correct rocketmq.tls.ca, rocketmq.tls.cert and rocketmq.tls.key: each holds a whole PEM text',
      cause: error,
    });
  }
}
