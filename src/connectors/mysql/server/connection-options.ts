import { randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { ConnectionOptions } from 'mysql2';
import { ConnectError } from '../../../api/index.ts';
import { clientKey, type TlsConfig } from '../../../kit/index.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';

export type MysqlConnectionConfig = Pick<
  MysqlSourceConfig,
  'address' | 'username' | 'password' | 'tls' | 'connectTimeoutMs' | 'requestTimeoutMs'
>;

/** Options of one connection, for queries and for the log alike. Throws CONFIG_INVALID for what is not `host:port`. */
export function connectionOptions(config: MysqlConnectionConfig): ConnectionOptions {
  const { host, port } = parseAddress(config.address);
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

function parseAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+)):(?<port>\d{1,5})$/.exec(address);
  const host = match?.groups?.v6 ?? match?.groups?.name;
  if (host !== undefined) return { host, port: Number(match?.groups?.port) };
  throw new ConnectError('CONFIG_INVALID', `source.address: ${JSON.stringify(address)} is not host:port`, {
    remedy: 'write for example 127.0.0.1:3306',
  });
}

/** Names the connection that a configuration needs; two with one key may share it. Shows no secret. */
export function connectionKey({ address, username, password, tls, connectTimeoutMs, requestTimeoutMs }: MysqlConnectionConfig): string {
  return clientKey('mysql', [address, username, password, tls, connectTimeoutMs, requestTimeoutMs]);
}

/**
 * Another one for each run: the server ends an older reader with the same number, and lets the newer one wait until it is gone, which
 * takes a minute where its process is frozen. The upper half of the range is as good as free: nobody counts so far.
 */
export const anyServerId = (): number => randomInt(2 ** 31, 2 ** 32);
