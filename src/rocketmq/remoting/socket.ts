import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { connectionError } from './connection-error.ts';

/**
 * Opens a TCP or TLS connection to `host:port` (an IPv6 host in brackets). With TLS the certificate must name the host and
 * lead to a CA that Node trusts: its own list and the file named by NODE_EXTRA_CA_CERTS.
 * Rejects with ConnectError UNREACHABLE or TLS_FAILED, at the latest after `timeoutMs`.
 */
export async function openSocket(address: string, tls: boolean, timeoutMs: number): Promise<Socket> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const target = { host, port: Number(address.slice(colon + 1)), noDelay: true };
  let socket: Socket | undefined;
  try {
    socket = tls ? connectTls(isIP(host) === 0 ? { ...target, servername: host } : target) : connect(target);
    await once(socket, tls ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))) });
    return socket;
  } catch (error) {
    socket?.on('error', () => {}).destroy();
    throw connectionError(address, tls, error);
  }
}
