import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { callerOf, requestOf, resultOf } from '../../../functions/http-event.ts';
import { CALLER, DOMAIN, httpEvent } from '../../support/rest/http-event.ts';

/** A segment of a path: any text, as it is once it was decoded. */
const segment = fc
  .string({ unit: 'grapheme-composite', minLength: 1, maxLength: 12 })
  .filter((text) => text.isWellFormed() && !text.includes('/') && text !== '.' && text !== '..');

describe('the event of an HTTP API', () => {
  it('becomes a request with the path that was decoded', () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), fc.boolean(), (segments, named) => {
        const path = `/${segments.join('/')}`;
        const stage = named ? 'prod' : '$default';
        const { pathname } = new URL(requestOf(httpEvent('GET', { path: named ? `/prod${path}` : path, stage })).url);
        expect(pathname.split('/').map(decodeURIComponent)).toEqual(path.split('/'));
      }),
    );
  });

  it.each([
    ['/connectors/my.orders_1-a/status', '/connectors/my.orders_1-a/status'],
    ['/connectors/a b', '/connectors/a%20b'],
    ['/connectors/50%', '/connectors/50%25'],
    ['/connectors/%2e%2e/x', '/connectors/%252e%252e/x'],
    ['/connectors/a\\..\\b', '/connectors/a%5C..%5Cb'],
    ['/connectors/a?b#c', '/connectors/a%3Fb%23c'],
    ['/connectors/', '/connectors/'],
    ['//evil.example/connectors', '//evil.example/connectors'],
    ['/', '/'],
  ])('takes %s for %s', (path, expected) => {
    const url = new URL(requestOf(httpEvent('GET', { path })).url);
    expect({ host: url.host, path: url.pathname }).toEqual({ host: DOMAIN, path: expected });
  });

  it.each([
    ['/prod', 'prod', '/'],
    ['/prod/connectors', 'prod', '/connectors'],
    ['/production', 'prod', '/production'],
    ['/$default/connectors', '$default', '/connectors'],
    ['/connectors', 'prod', '/connectors'],
  ])('leaves the stage out of %s: stage %s', (path, stage, expected) => {
    expect(decodeURIComponent(new URL(requestOf(httpEvent('GET', { path, stage })).url).pathname)).toBe(expected);
  });

  // A policy that allows what begins with the first name would allow the second one, too.
  it.each(['/connectors/mine/../other', '/connectors/./other', '/..', '/connectors/mine/..'])('refuses %s', (path) => {
    expect(() => requestOf(httpEvent('DELETE', { path }))).toThrow('path: the segments . and .. are not served');
  });

  it('keeps each parameter, also several of a name', () => {
    const text = fc.string({ unit: 'grapheme-composite', maxLength: 12 }).filter((value) => value.isWellFormed());
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 6 }), (pairs) => {
        const query = new URLSearchParams(pairs).toString();
        expect([...new URL(requestOf(httpEvent('GET', { query })).url).searchParams]).toEqual(pairs);
      }),
    );
  });

  it('keeps bodies byte for byte, as text or in base64', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }), async (bytes, text) => {
        const inBase64 = await requestOf(httpEvent('PUT', { body: bytes })).bytes();
        expect(Buffer.from(inBase64)).toEqual(Buffer.from(bytes));
        const asText = await requestOf(httpEvent('PUT', { body: text })).bytes();
        expect(Buffer.from(asText)).toEqual(Buffer.from(text));
      }),
    );
  });

  it('keeps method, headers and cookies, and leaves out a body that no request of its method has', async () => {
    const put = requestOf(httpEvent('PATCH', { body: '{}', headers: { 'x-many': 'a,b' }, cookies: ['a=1', 'b=2'] }));
    expect(put.method).toBe('PATCH');
    expect(Object.fromEntries(put.headers)).toMatchObject({ host: DOMAIN, 'x-many': 'a,b', cookie: 'a=1; b=2' });
    expect(await requestOf(httpEvent('GET', { body: 'text' })).text()).toBe('');
  });

  it.each([
    ['a method that there is not', httpEvent('TRACE')],
    ['a header that is none', httpEvent('GET', { headers: { 'x-a': 'a\nb' } })],
    ['a path that is no text', httpEvent('GET', { path: '/\ud800' })],
  ])('refuses %s', (_, event) => {
    expect(() => requestOf(event)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

describe('who asks', () => {
  it.each([
    ['the ARN of the credentials', { iam: { userArn: CALLER } }, CALLER],
    ['the subject of the token', { jwt: { claims: { sub: 'ada@example.com', name: 'Eve' } } }, 'ada@example.com'],
    ['a name that fits', { iam: { userArn: `a\u0000${'b'.repeat(600)}` } }, `a ${'b'.repeat(510)}`],
    ['nobody: a token without a subject', { jwt: { claims: {} } }, undefined],
    ['nobody: an empty subject', { jwt: { claims: { sub: '' } } }, undefined],
    ['nobody: no authorizer', null, undefined],
  ])('is %s', (_, authorizer, expected) => {
    const headers = { 'x-amzn-iam-userarn': 'arn:aws:iam::1:user/eve', 'x-actor': 'eve' };
    expect(callerOf(httpEvent('GET', { authorizer, headers }))).toBe(expected);
  });
});

describe('an answer', () => {
  const bytesOf = ({ body = '', isBase64Encoded }: Awaited<ReturnType<typeof resultOf>>) =>
    Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

  it('keeps status, headers and each byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const result = await resultOf(
          new Response(Buffer.from(bytes), { status: 201, headers: { 'content-type': 'image/png', location: '/a' } }),
        );
        expect(result).toMatchObject({ statusCode: 201, headers: { 'content-type': 'image/png', location: '/a' } });
        expect(bytesOf(result)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is text where it is JSON or metrics', async () => {
    expect(await resultOf(Response.json({ a: 'ü' }))).toMatchObject({ body: '{"a":"ü"}', isBase64Encoded: false });
    const type = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
    expect(await resultOf(new Response('# EOF\n', { headers: { 'content-type': type } }))).toMatchObject({ body: '# EOF\n' });
  });

  it('may be empty, and may set cookies', async () => {
    const headers = new Headers([
      ['set-cookie', 'a=1; Secure'],
      ['set-cookie', 'b=2'],
    ]);
    expect(await resultOf(new Response(null, { status: 204, headers }))).toEqual({
      ...{ statusCode: 204, headers: {}, cookies: ['a=1; Secure', 'b=2'], body: '', isBase64Encoded: false },
    });
  });

  it('says so where it is longer than a function can give', async () => {
    const result = await resultOf(Response.json('"'.repeat(2_000_000)));
    expect(result.statusCode).toBe(500);
    expect(JSON.parse(result.body ?? '')).toEqual({ error_code: 500, message: expect.stringContaining('ask for one connector') });
  });
});
