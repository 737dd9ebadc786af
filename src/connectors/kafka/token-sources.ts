import { BearerTokens } from './bearer-tokens.ts';
import type { KafkaConnectionConfig } from './connection-options.ts';

/** Where the tokens of a configuration come from; undefined where it needs none. What is not chosen is not loaded. */
export function bearerTokens({ sasl, tls, connectTimeoutMs }: KafkaConnectionConfig): BearerTokens | undefined {
  if (sasl?.mechanism === 'AWS_MSK_IAM') return new BearerTokens(async () => (await import('./msk-token.ts')).mskToken(sasl));
  if (sasl?.mechanism !== 'OAUTHBEARER') return undefined;
  const { token, tokenEndpoint: url = '', clientId = '', clientSecret = '', scope } = sasl;
  if (token !== undefined) return new BearerTokens(async () => ({ value: token.trim(), until: Number.POSITIVE_INFINITY }));
  return new BearerTokens(async () => {
    const { fetchToken } = await import('./token-endpoint.ts');
    return fetchToken({ url, clientId, clientSecret, scope, ca: tls?.ca, timeoutMs: connectTimeoutMs });
  });
}
