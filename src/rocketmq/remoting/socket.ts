import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { withPatience } from '../../api/index.ts';
import { connectionError } from './connection-error.ts';

/** What `tls.connect` is given beside the address. */
export type SocketTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>;

export interface OpenSocket {
  readonly socket: Socket;
  /** Ends it at once. A socket that is only closed still delivers what waits in it, for minutes, and without a sign. */
  readonly reset: () => void;
}

/**
 * Opens a TCP or TLS connection to `host:port` (an IPv6 host in brackets). With TLS the certificate must name the host, or
 * `servername`, and lead to a trusted CA: those of `ca`, else Node's own list and the file named by NODE_EXTRA_CA_CERTS.
 * Rejects with ConnectError UNREACHABLE or TLS_FAILED, at the latest after `timeoutMs`.
 */
export async function openSocket(address: string, tls: SocketTls | undefined, timeoutMs: number): Promise<OpenSocket> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  // Only a socket of TCP can be reset.
  const transport = connect({ host, port: Number(address.slice(colon + 1)), noDelay: true });
  const socket = tls ? connectTls({ socket: transport, host, ...(isIP(host) === 0 && { servername: host }), ...tls }) : transport;
  if (tls) transport.on('error', (error) => socket.destroy(error));
  const reset = () => {
    transport.resetAndDestroy();
    socket.destroy();
  };
  try {
    await withPatience(Math.max(1, timeoutMs), (signal) => once(socket, tls ? 'secureConnect' : 'connect', { signal }));
    return { socket, reset };
  } catch (error) {
    socket.on('error', () => {}).destroy();
    transport.destroy();
    throw connectionError(address, tls !== undefined, error);
  }
}
