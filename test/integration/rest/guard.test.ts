import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ok, route } from '../../../src/rest/answers/route.ts';
import { RestLab, wordsFlat } from '../../support/rest/rest-lab.ts';

describe('the REST API', () => {
  let lab: RestLab;
  beforeAll(async () => {
    const more = route({ method: 'GET', path: '/more', summary: 'More', answers: { 200: undefined }, handle: async () => ok('more') });
    lab = await RestLab.open([more]);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const error = (status: number) => ({ status, body: { error_code: status, message: expect.any(String) } });

  it.each(['127.0.0.1:8083', '[::1]:8083', 'localhost', 'LOCALHOST:1', '10.0.0.7:8083'])('serves %s', async (host) => {
    expect((await lab.call('GET', '/connectors', undefined, { host })).status).toBe(200);
  });

  it.each(['evil.example', 'localhost.evil.example:8083', '127.0.0.1.evil.example', ''])('does not serve %j', async (host) => {
    expect(await lab.call('GET', '/connectors', undefined, { host })).toMatchObject(error(421));
  });

  it.each([
    { origin: 'http://evil.example' },
    { origin: 'http://localhost:9999' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('takes no change from another page: %j', async (headers) => {
    expect(await lab.call('PUT', '/connectors/x/config', wordsFlat(), headers as never)).toMatchObject(error(403));
    expect(await lab.call('DELETE', '/connectors/x', undefined, headers as never)).toMatchObject(error(403));
    expect((await lab.call('GET', '/connectors', undefined, headers as never)).headers.has('access-control-allow-origin')).toBe(false);
  });

  it('takes a change from its own page', async () => {
    const own = { origin: 'http://localhost:8083', 'sec-fetch-site': 'same-origin', host: 'localhost:8083' };
    expect(await lab.call('DELETE', '/connectors/x', undefined, own)).toMatchObject(error(404));
  });

  it.each([
    ['what is said to be a text', JSON.stringify(wordsFlat()), { 'content-type': 'text/plain' }, 415],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a long body', JSON.stringify({ a: 'x'.repeat(128 * 1024) }), {}, 413],
    ['no JSON', '{', {}, 400],
    ['nothing', '', {}, 400],
    ['a list', '[]', {}, 400],
    ['an option that is a section', '{"source":{"words":"a"}}', {}, 400],
    ['an option of null', '{"source.words":null}', {}, 400],
    ['a text', '"{}"', {}, 400],
    ['an option called __proto__', '{"__proto__":"a"}', {}, 400],
    ['options that are called as what all objects have', JSON.stringify({ ...wordsFlat(), constructor: 'a', toString: 'b' }), {}, 400],
  ])('refuses %s', async (_, body, headers, status) => {
    expect(await lab.call('PUT', '/connectors/x/config', body, headers)).toMatchObject(error(status));
  });

  it.each([
    ['OPTIONS', '/connectors', 405],
    ['PATCH', '/connectors', 405],
    ['GET', '/connectors/a%2Fb', 404],
    ['GET', '/connectors/%zz', 404],
    ['GET', '/connectors/__proto__/status', 404],
    ['PUT', '/connectors/-/config', 400],
    ['GET', '/connector-plugins/constructor/config', 404],
    ['GET', '/connectors/x/tasks/0/config', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect(await lab.call(method, path, method === 'PUT' ? wordsFlat() : undefined)).toMatchObject(error(status));
  });

  it('describes itself as its docs do', async () => {
    const { status, body } = await lab.call('GET', '/openapi.json');
    const { paths, ...rest } = JSON.parse(await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'));
    expect(status).toBe(200);
    expect(body).toMatchObject(rest);
    expect(Object.keys(body.paths).toSorted()).toEqual([...Object.keys(paths), '/more'].toSorted());
  });

  it('has endpoints that its host adds', async () => {
    expect(await lab.call('GET', '/more/')).toMatchObject({ status: 200, body: 'more' });
  });
});
