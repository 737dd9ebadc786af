import { randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { ConnectionOptions } from 'mysql2';
import { ConnectError, type Direction } from '../../../api/index.ts';
import { clientKey, hostPort, type TlsConfig } from '../../../kit/index.ts';
import type { MysqlConnectionConfig } from '../config/connection-config.ts';

/** Options of one connection, for queries and for the log alike. Throws CONFIG_INVALID for what is not `host:port`. */
export function connectionOptions(config: MysqlConnectionConfig, section: Direction): ConnectionOptions {
  const { host, port } = parseAddress(config.address, section);
  const { username, password, tls, connectTimeoutMs } = config;
  return {
    host,
    port,
    user: username,
    ...(password !== undefined && { password }),
    connectTimeout: connectTimeoutMs,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    jsonStrings: true,
    ...(tls?.enabled && encryption(tls, host, port)),
  };
}

/** The library looks for its `host` in the certificate, and has no other name for that. */
function encryption(tls: TlsConfig, host: string, port: number): ConnectionOptions {
  const { rejectUnauthorized, ca, cert, key, servername: expected = host } = tls;
  return {
    host: expected,
    stream: () => connectExpecting(expected, host, port),
    ssl: {
      rejectUnauthorized,
      // A name to look for in the certificate is Node's default, and this library's option.
      verifyIdentity: rejectUnauthorized,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    },
  };
}

/** For an address in numbers the library names nothing to expect, and Node takes the name that the socket was opened with, else `localhost`. */
function connectExpecting(expected: string, host: string, port: number): Socket {
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  return Object.assign(socket, { _host: expected });
}

function parseAddress(address: string, section: Direction): { host: string; port: number } {
  const { host, port } = hostPort(address) ?? {};
  if (host !== undefined && port !== undefined) return { host, port };
  throw new ConnectError('CONFIG_INVALID', `${section}.address: ${JSON.stringify(address)} is not host:port`, {
    remedy: 'write for example 127.0.0.1:3306',
  });
}

/** Names the connection that a section's configuration needs; two with one key may share it. Shows no secret. */
export function connectionKey(config: MysqlConnectionConfig, section: Direction): string {
  const { address, username, password, tls, connectTimeoutMs, requestTimeoutMs } = config;
  return clientKey('mysql', [section, address, username, password, tls, connectTimeoutMs, requestTimeoutMs]);
}

/**
 * Another one for each run: the server ends an older reader with the same number, and lets the newer one wait until it is gone, which
 * takes a minute where its process is frozen. The upper half of the range is as good as free: nobody counts so far.
 */
export const anyServerId = (): number => randomInt(2 ** 31, 2 ** 32);
