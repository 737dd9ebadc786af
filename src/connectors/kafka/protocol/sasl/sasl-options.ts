import { type ConnectionOptions, type SASLCustomAuthenticator, saslPlain } from '@platformatic/kafka';
import type { Direction } from '../../../../api/index.ts';
import type { ErrorEntry, TlsConfig } from '../../../../kit/index.ts';
import { BearerTokens } from './bearer-tokens.ts';
import { authenticateByToken } from './oauth-bearer.ts';
import type { SaslConfig } from './sasl-config.ts';
import { authenticateByScram } from './scram.ts';
import { untilSessionEnds } from './sessions.ts';

const authenticateByPassword: SASLCustomAuthenticator = (_mechanism, connection, authenticate, username, password, _token, callback) =>
  saslPlain.authenticate(authenticate, connection, username as string, password as string, callback);

/** The library's options for credentials. `tokens`: for the mechanisms that need some. */
export function saslOptions(
  sasl: SaslConfig,
  section: Direction,
  tokens: BearerTokens | undefined,
): NonNullable<ConnectionOptions['sasl']> {
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
  if (sasl?.mechanism === 'AWS_MSK_IAM') return new BearerTokens(async () => (await import('./msk-token.ts')).mskToken(sasl, section));
  if (sasl?.mechanism !== 'OAUTHBEARER') return undefined;
  const { token, tokenEndpoint: url = '', clientId = '', clientSecret = '', scope } = sasl;
  if (token !== undefined) return new BearerTokens(async () => ({ value: token.trim(), until: Number.POSITIVE_INFINITY }));
  return new BearerTokens(async () => {
    const { fetchToken } = await import('./token-endpoint.ts');
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
