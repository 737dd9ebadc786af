import type { ConnectionOptions } from '@platformatic/kafka';
import { ConnectError, type Direction } from '../../../api/index.ts';
import { asList } from '../../../config/text-list.ts';
import { clientKey, hostPort, tlsConnectOptions } from '../../../kit/index.ts';
import type { KafkaConnectionConfig } from './connection-config.ts';
import type { BearerTokens } from './sasl/bearer-tokens.ts';
import { saslOptions } from './sasl/sasl-options.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Throws CONFIG_INVALID for what is not `host:port` or `[v6]:port`. */
export function parseServers(servers: KafkaConnectionConfig['bootstrapServers'], section: Direction): Address[] {
  return asList(servers).map((text) => {
    const { host, port } = hostPort(text) ?? {};
    if (host !== undefined && port !== undefined) return { host, port };
    throw new ConnectError('CONFIG_INVALID', `${section}.bootstrapServers: ${JSON.stringify(text)} is not host:port`, {
      remedy: 'write for example 127.0.0.1:9092',
    });
  });
}

/** The library's options for one connection. `tokens`: where the configuration needs some. */
export function connectionOptions(config: KafkaConnectionConfig, section: Direction, tokens?: BearerTokens): ConnectionOptions {
  const { sasl, connectTimeoutMs, requestTimeoutMs } = config;
  const { servername, ...tls } = tlsConnectOptions(config.tls) ?? {};
  return {
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    ...(config.tls?.enabled && { tls }),
    ...(servername !== undefined && { tlsServerName: servername }),
    ...(sasl && { sasl: saslOptions(sasl, section, tokens) }),
  };
}

/** Names the connections that a section's configuration needs; two with one key may share them. Shows no secret. */
export function connectionKey(config: KafkaConnectionConfig, section: Direction): string {
  const { bootstrapServers, clientId, tls, sasl, connectTimeoutMs, requestTimeoutMs } = config;
  return clientKey('kafka', [section, bootstrapServers, clientId, tls, sasl, connectTimeoutMs, requestTimeoutMs]);
}
