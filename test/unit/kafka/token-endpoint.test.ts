import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';
import { BearerTokens } from '../../../src/connectors/kafka/protocol/sasl/bearer-tokens.ts';
import { fetchToken } from '../../../src/connectors/kafka/protocol/sasl/token-endpoint.ts';
import { IdentityProvider, type TokenAnswer } from '../../support/identity-provider.ts';

const client = { clientId: 'connect:1', clientSecret: 'geheim/+', scope: undefined, ca: undefined, timeoutMs: 20_000 };

async function failure(answer: TokenAnswer | undefined, timeoutMs = 20_000): Promise<unknown> {
  await using provider = new IdentityProvider(() => answer);
  return await fetchToken({ ...client, url: await provider.listen(), timeoutMs }, 'source').catch((error: unknown) => error);
}

describe('a token endpoint', () => {
  it('is asked by client credentials, as RFC 6749 has it', async () => {
    await using provider = new IdentityProvider(() => ({ body: { access_token: 't', expires_in: 100 } }));
    await fetchToken({ ...client, scope: 'kafka read', url: await provider.listen() }, 'source');
    const [asked] = provider.asked;
    expect(Buffer.from(asked?.authorization?.slice('Basic '.length) ?? '', 'base64').toString()).toBe('connect%3A1:geheim%2F%2B');
    expect(Object.fromEntries(asked?.form ?? [])).toEqual({ grant_type: 'client_credentials', scope: 'kafka read' });
  });

  it.each([
    ['in seconds', 100, 80_000],
    ['as text, as some providers write it', '100', 80_000],
    ['not at all', undefined, 48_000],
  ])('may tell the life of its token %s', async (_how, expires_in, usableMs) => {
    await using provider = new IdentityProvider(() => ({ body: { access_token: 't', expires_in } }));
    const before = Date.now();
    const { value, until } = await fetchToken({ ...client, url: await provider.listen() }, 'source');
    expect(value).toBe('t');
    expect(until).toBeGreaterThanOrEqual(before + usableMs);
    expect(until).toBeLessThanOrEqual(Date.now() + usableMs);
  });

  it.each([
    ['an unknown client', { status: 401, body: { error: 'invalid_client' } }, 'AUTH_FAILED', false, /401 invalid_client/, /clientSecret/],
    ['an unknown scope', { status: 400, body: { error: 'invalid_scope' } }, 'AUTH_FAILED', false, /invalid_scope/, /source.sasl.scope$/],
    ['another page', { status: 404, body: '<html>' }, 'CONFIG_INVALID', false, /404/, /tokenEndpoint/],
    ['something else than JSON', { body: 'geheim' }, 'CONFIG_INVALID', false, /without access_token/, /tokenEndpoint/],
    ['too many requests', { status: 429, body: {} }, 'THROTTLED', true, /429/, /next run/],
    ['a fault of its own', { status: 503, body: 'geheim' }, 'UNREACHABLE', true, /503/, /next run/],
  ] as const)('may answer with %s', async (_what, answer, code, retriable, message, remedy) => {
    const error = await failure(answer);
    expect(error).toMatchObject({ code, retriable, message: expect.stringMatching(message), remedy: expect.stringMatching(remedy) });
    expect(String(error)).not.toContain('geheim');
  });

  it('is trusted where source.tls.ca has its authority, and else refused', async () => {
    const altNames = [{ type: 7 as const, ip: '127.0.0.1' }];
    const extensions = [{ name: 'subjectAltName' as const, altNames }];
    const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      keyType: 'ec',
      extensions,
    });
    await using provider = new IdentityProvider(() => ({ body: { access_token: 't' } }), { key, cert });
    const url = await provider.listen();
    expect(await fetchToken({ ...client, url, ca: cert }, 'source')).toMatchObject({ value: 't' });
    const refused = { code: 'TLS_FAILED', retriable: false, remedy: expect.stringContaining('source.tls.ca') };
    await expect(fetchToken({ ...client, url }, 'source')).rejects.toMatchObject(refused);
  });

  it('may not answer in time', async () => {
    expect(await failure(undefined, 100)).toMatchObject({
      code: 'TIMEOUT',
      retriable: true,
      remedy: expect.stringContaining('tokenEndpoint'),
    });
  });

  it('may not be there', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const url = `http://127.0.0.1:${port}/token`;
    const refused = { code: 'UNREACHABLE', retriable: true, message: `the token endpoint 127.0.0.1:${port} refuses connections` };
    await expect(fetchToken({ ...client, url }, 'source')).rejects.toMatchObject(refused);
  });
});

describe('a token that is kept', () => {
  const counted = (until: () => number) => {
    let count = 0;
    return new BearerTokens(async () => ({ value: String(++count), until: until() }));
  };

  it('serves all who open connections, until it expires or is refused', async () => {
    const tokens = counted(() => Date.now() + 60_000);
    expect(await Promise.all([tokens.ready(), tokens.ready()])).toEqual([false, false]);
    expect(await tokens.ready()).toBe(true);
    expect(tokens.current).toBe('1');
    expect(tokens.refused(true)).toBe(true);
    expect(await tokens.ready()).toBe(false);
    expect(tokens.current).toBe('2');
  });

  it('is fetched anew once it is about to expire', async () => {
    const tokens = counted(() => Date.now());
    await tokens.ready();
    await tokens.ready();
    expect(tokens.current).toBe('2');
  });

  it('is worth another one where a broker refuses it, but for one that was just fetched and is still good', async () => {
    const good = counted(() => Date.now() + 60_000);
    await good.ready();
    expect(good.refused(false)).toBe(false);
    const expired = counted(() => Date.now());
    await expired.ready();
    expect(expired.refused(false)).toBe(true);
  });

  it('is asked for again after a failure', async () => {
    let count = 0;
    const tokens = new BearerTokens(async () => {
      count += 1;
      if (count === 1) throw new Error('away');
      return { value: 't', until: Date.now() + 60_000 };
    });
    await expect(tokens.ready()).rejects.toThrow('away');
    await tokens.ready();
    expect(tokens.current).toBe('t');
  });
});
