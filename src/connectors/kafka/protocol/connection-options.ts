import { type ConnectionOptions, type SASLCustomAuthenticator, saslPlain } from '@platformatic/kafka';
import { ConnectError, type Direction } from '../../../api/index.ts';
import { asList } from '../../../config/text-list.ts';
import { clientKey, type ErrorEntry, hostPort, type TlsConfig, tlsConnectOptions } from '../../../kit/index.ts';
import type { KafkaConnectionConfig, SaslConfig } from './connection-config.ts';
import { authenticateByScram, authenticateByToken, untilSessionEnds } from './sasl/authenticators.ts';
import { BearerTokens } from './sasl/bearer-tokens.ts';

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

const authenticateByPassword: SASLCustomAuthenticator = (_mechanism, connection, authenticate, username, password, _token, callback) =>
  saslPlain.authenticate(authenticate, connection, username as string, password as string, callback);

/** The library's options for credentials. `tokens`: for the mechanisms that need some. */
function saslOptions(sasl: SaslConfig, section: Direction, tokens: BearerTokens | undefined): NonNullable<ConnectionOptions['sasl']> {
  const { mechanism, username = '', password = '', extensions = {} } = sasl;
  if (tokens !== undefined) {
    return {
      mechanism: 'OAUTHBEARER',
      authenticate: untilSessionEnds(authenticateByToken(tokens, extensions, refusedToken(sasl, section), section)),
    };
  }
  const authenticate = mechanism === 'PLAIN' ? authenticateByPassword : authenticateByScram;
  return { mechanism: mechanism as 'PLAIN', username, password, authenticate: untilSessionEnds(authenticate) };
}

interface TokenConfig {
  readonly sasl?: SaslConfig;
  readonly tls?: Pick<TlsConfig, 'ca'>;
  readonly connectTimeoutMs: number;
}

/** Where the tokens of a configuration come from; undefined where it needs none. What is not chosen is not loaded. */
export function bearerTokens({ sasl, tls, connectTimeoutMs }: TokenConfig, section: Direction): BearerTokens | undefined {
  if (sasl?.mechanism === 'AWS_MSK_IAM') return new BearerTokens(async () => (await import('./sasl/msk-token.ts')).mskToken(sasl, section));
  if (sasl?.mechanism !== 'OAUTHBEARER') return undefined;
  const { token, tokenEndpoint: url = '', clientId = '', clientSecret = '', scope } = sasl;
  if (token !== undefined) return new BearerTokens(async () => ({ value: token.trim(), until: Number.POSITIVE_INFINITY }));
  return new BearerTokens(async () => {
    const { fetchToken } = await import('./sasl/token-endpoint.ts');
    return fetchToken({ url, clientId, clientSecret, scope, ca: tls?.ca, timeoutMs: connectTimeoutMs }, section);
  });
}

function refusedToken({ mechanism, token }: SaslConfig, section: Direction): ErrorEntry {
  const refused = (means: string, remedy: string): ErrorEntry => ({ code: 'AUTH_FAILED', means, remedy });
  if (mechanism === 'AWS_MSK_IAM') {
    const remedy = `allow kafka-cluster:Connect on the cluster to the role (${section}.sasl.roleArn, or the role in use), and correct ${section}.sasl.region`;
    return refused('refused this role of AWS', remedy);
  }
  if (token !== undefined) {
    return refused(
      'refused the token',
      `put one that the broker takes in the place that ${section}.sasl.token names; this one may have expired`,
    );
  }
  const remedy = `correct ${section}.sasl.clientId, scope and extensions, so that the token has the issuer, audience and rights that the broker expects`;
  return refused(`refused the token of ${section}.sasl.tokenEndpoint`, remedy);
}
