import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { type ConsoleLab, openConsoleLab } from '../../support/console/console-lab.ts';
import { wordsFlat } from '../../support/rest/rest-lab.ts';
import { WRONG_PASSWORD } from '../../support/rest/words-type.ts';

const file = (more: object = {}) => ({
  name: 'c',
  type: 'words-source',
  source: { words: ['a', 'b'] },
  rocketmq: { endpoints: '127.0.0.1:9876', topic: 't' },
  ...more,
});

describe("the console's API", () => {
  let lab: ConsoleLab;
  beforeEach(async () => {
    lab = await openConsoleLab();
  });
  afterEach(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  const call = (method: string, path: string, body?: unknown) => lab.rest.call(method, path, body);
  const apply = (given: object, connector?: string) => call('POST', '/api/apply', { given, ...(connector && { connector }) });

  it('plans and applies YAML, and gives it back', async () => {
    const given = { yaml: stringify(file({ trigger: { schedule: 'rate(5 minutes)' } })) };
    const planned = await call('POST', '/api/plan', { given });
    expect(planned).toMatchObject({ status: 200, body: { ok: true, plan: { connector: 'c', changed: true } } });
    expect((await call('GET', '/api/connectors')).body.connectors).toEqual([]);
    expect(await apply(given)).toMatchObject({ status: 200, body: { ok: true, plan: { generation: 1 } } });
    expect((await call('GET', '/api/connectors')).body.connectors).toMatchObject([
      { name: 'c', state: 'RUNNING', direction: 'source', tasks: 1, taskStates: { IDLE: 1 }, schedule: 'rate(5 minutes)' },
    ]);
    const shown = await call('GET', '/api/connectors/c/file');
    expect(parse(shown.body.yaml)).toMatchObject(file());
    // What was given back changes nothing.
    expect(await call('POST', '/api/plan', { given: { yaml: shown.body.yaml }, connector: 'c' })).toMatchObject({
      body: { ok: true, plan: { changed: false } },
    });
    const download = await lab.rest.api(new Request('http://localhost:8083/api/connectors/c/file?download=1'));
    expect(download.headers.get('content-disposition')).toBe('attachment; filename="c.yml"');
    expect(await download.text()).toBe(shown.body.yaml);
  });

  it.each([
    ['text that is no YAML', 'name: [', { line: expect.any(Number) }],
    ['an unknown option', `${stringify(file())}sauce: {}\n`, { option: 'sauce', line: 10, remedy: expect.stringContaining('source') }],
    ['two connectors', `${stringify(file())}---\n${stringify(file())}`, { message: 'there are several connectors' }],
    ['a list', '- a\n', { message: 'this is no connector file' }],
    ['nothing', '', { message: expect.stringContaining('empty') }],
  ])('says what is wrong with %s, and where', async (_, yaml, problem) => {
    for (const path of ['/api/validate', '/api/plan', '/api/apply']) {
      expect(await call('POST', path, { given: { yaml } })).toMatchObject({ status: 200, body: { ok: false, problems: [problem] } });
    }
  });

  it('names what an empty form lacks', async () => {
    const { body } = await call('POST', '/api/validate', { given: { config: { 'connector.class': 'words-source' } } });
    expect(body.problems.map(({ option }: { option: string }) => option)).toEqual(
      expect.arrayContaining(['name', 'source.words', 'rocketmq.endpoints', 'rocketmq.topic']),
    );
    const unknown = await call('POST', '/api/validate', { given: { config: { 'connector.class': 'word-source' } } });
    expect(unknown.body.problems).toMatchObject([{ option: 'connector.class', remedy: 'did you mean words-source?' }]);
  });

  it('makes no connector of a name that is taken, and changes none under another name', async () => {
    await apply({ config: wordsFlat({ name: 'c' }) });
    expect((await call('GET', '/connectors/c/config')).body).toEqual(wordsFlat({ name: 'c' }));
    expect((await apply({ config: wordsFlat({ name: 'c' }) })).body.problems).toMatchObject([
      { option: 'name', message: 'connector c exists' },
    ]);
    expect((await apply({ yaml: stringify(file({ name: 'd' })) }, 'c')).body.problems).toMatchObject([{ option: 'name' }]);
    expect((await call('GET', '/api/connectors')).body.connectors).toHaveLength(1);
  });

  it('replaces nothing that somebody else has changed since it was shown', async () => {
    await apply({ yaml: stringify(file()) });
    const { revision } = (await call('GET', '/api/connectors/c/file')).body;
    const change = (words: string[]) => ({ given: { yaml: stringify(file({ source: { words } })) }, connector: 'c', revision });
    expect((await call('POST', '/api/apply', change(['a', 'b', 'c']))).body.ok).toBe(true);
    expect((await call('POST', '/api/apply', change(['d']))).body).toMatchObject({
      ok: false,
      problems: [{ message: expect.any(String) }],
    });
    expect(parse((await call('GET', '/api/connectors/c/file')).body.yaml).source.words).toEqual(['a', 'b', 'c']);
  });

  it('shows a form as YAML, and YAML as a form', async () => {
    const flat = wordsFlat({ name: 'c', 'source.words': 'a,b', 'source.weights': '{"a":1}' });
    const { yaml } = (await call('POST', '/api/convert', { config: flat })).body;
    expect(parse(yaml)).toMatchObject({ name: 'c', maxTasks: 1, source: { words: ['a', 'b'], weights: { a: 1 } } });
    const back = (await call('POST', '/api/convert', { yaml })).body.config;
    const given = await call('POST', '/api/convert', { config: back });
    expect(given.body.yaml).toBe(yaml);
  });

  it('starts tasks, sets positions of what is stopped, and goes back to an earlier plan', async () => {
    await apply({ yaml: stringify(file()) });
    expect(await call('POST', '/api/connectors/c/run')).toMatchObject({ status: 202, body: { started: 1 } });
    expect(lab.runs).toEqual(['c']);
    const set = { offsets: { a: '5' } };
    expect(await call('PATCH', '/api/connectors/c/offsets', set)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('while the connector is stopped') },
    });
    await call('PUT', '/connectors/c/stop');
    expect((await call('PATCH', '/api/connectors/c/offsets', set)).body.altered).toEqual([{ partition: 'a', after: '5' }]);
    expect((await call('GET', '/api/connectors/c')).body.taskStatus[0].positions).toEqual({ a: '5' });
    expect((await call('PATCH', '/api/connectors/c/offsets', {})).body.altered).toEqual([{ partition: 'a', before: '5' }]);
    await apply({ yaml: stringify(file({ source: { words: ['a'] } })) }, 'c');
    const { changes } = (await call('GET', '/api/connectors/c/history')).body;
    expect(changes.map(({ action }: { action: string }) => action)).toEqual(['apply', 'alter-offsets', 'alter-offsets', 'stop', 'apply']);
    expect(parse((await call('GET', '/api/connectors/c/file?generation=1')).body.yaml).source.words).toEqual(['a', 'b']);
    expect((await call('GET', '/api/connectors/c/file?generation=x')).status).toBe(400);
    const dry = await call('POST', '/api/connectors/c/rollback', { generation: 1, dryRun: true });
    expect(dry.body.plan.options).toMatchObject([{ option: 'source.words' }]);
    expect((await call('GET', '/api/connectors/c/history')).body.changes).toHaveLength(5);
    expect((await call('POST', '/api/connectors/c/rollback', { generation: 1 })).body).toMatchObject({ ok: true });
    expect(parse((await call('GET', '/api/connectors/c/file')).body.yaml).source.words).toEqual(['a', 'b']);
    expect((await call('POST', '/api/connectors/c/rollback', { generation: 99 })).body).toMatchObject({ ok: false });
  });

  it('says what a connector cost and did, and nothing of one that there is not', async () => {
    await apply({ yaml: stringify(file()) });
    expect((await call('GET', '/api/connectors/c/cost?days=7')).body).toMatchObject({ days: 7, region: 'us-east-1', cost: { dollars: 0 } });
    expect((await call('GET', '/api/connectors/c/runs')).body).toEqual({ runs: [] });
    expect((await call('GET', '/api/connectors/c/dead-letters')).body).toEqual({ letters: [], looked: 0, gone: 0, left: 0 });
    expect((await call('GET', '/api/connectors/c/runs?limit=0')).status).toBe(400);
    for (const path of ['', '/runs', '/cost']) expect((await call('GET', `/api/connectors/nobody${path}`)).status).toBe(404);
  });

  it('shows no secret that stands for a reference, wherever it is written', async () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/!%-]{12,40}$/);
    const options = ['source.password', 'source.mode', 'source.passwrod', 'rocketmq.secretKey', 'rocketmq.topic'];
    const written = fc.constantFrom('${env:CONSOLE_SECRET}', 'x${env:CONSOLE_SECRET}', '${env:CONSOLE_NONE:-${env:CONSOLE_SECRET}}');
    const asked = fc.asyncProperty(secret, fc.constantFrom(...options), written, async (text, option, write) => {
      process.env.CONSOLE_SECRET = text;
      const config = wordsFlat({ name: 'c', [option]: write });
      const { yaml } = (await call('POST', '/api/convert', { config })).body;
      const answers = [
        await call('POST', '/api/validate', { given: { config } }),
        await call('POST', '/api/plan', { given: { yaml } }),
        await call('POST', '/api/apply', { given: { config } }),
        ...(await Promise.all(['', '/c', '/c/file', '/c/history', '/c/runs'].map((path) => call('GET', `/api/connectors${path}`)))),
      ];
      for (const answer of answers) expect(answer.text).not.toContain(text);
      expect(answers.map(({ status }) => status)).not.toContain(500);
      await call('DELETE', '/connectors/c');
    });
    await fc.assert(asked, { numRuns: 15 }).finally(() => {
      delete process.env.CONSOLE_SECRET;
    });
    process.env.CONSOLE_SECRET = WRONG_PASSWORD;
    const { text, body } = await call('POST', '/api/plan', {
      given: { config: wordsFlat({ name: 'c', 'source.password': '${env:CONSOLE_SECRET}' }) },
    });
    delete process.env.CONSOLE_SECRET;
    expect(body.problems).toMatchObject([{ option: 'source.password', message: 'the server refused ${env:CONSOLE_SECRET}' }]);
    expect(text).not.toContain(WRONG_PASSWORD);
  }, 900_000);
});
