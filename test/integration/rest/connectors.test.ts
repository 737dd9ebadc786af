import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StatusResult } from '../../../src/runtime/planner-api.ts';
import type { ConnectorItem } from '../../../src/store/store.ts';
import { fewestRequests } from '../../support/fewest-requests.ts';
import { RestLab, wordsFlat } from '../../support/rest/rest-lab.ts';
import { WRONG_PASSWORD } from '../../support/rest/words-type.ts';

const COUNTED = { invocations: 1, records: 0, bytes: 0, deadLetters: 0, dynamodbRequests: 0 };

describe('a connector behind the REST API', () => {
  let lab: RestLab;
  beforeEach(async () => {
    lab = await RestLab.open();
  });
  afterEach(() => lab?.[Symbol.asyncDispose]());

  const put = (name: string, more: Record<string, string> = {}) => lab.call('PUT', `/connectors/${name}/config`, wordsFlat(more));
  const configOf = async (name: string) => (await lab.call('GET', `/connectors/${name}/config`)).body;
  const stateOf = async (name: string) => (await lab.call('GET', `/connectors/${name}/status`)).body;
  const desiredOf = async (name: string) => {
    const response = await lab.planner.handle({ action: 'status', connector: name });
    return response.ok ? (response.result as StatusResult).desired : response.error;
  };

  /** Runs a task that fails. */
  async function fail(task: number, fatal: boolean): Promise<void> {
    const taken = await lab.store.acquire({ connector: 'c', task }, 'test', Date.now() + 60_000);
    if (taken.outcome !== 'acquired') throw new Error(taken.outcome);
    const now = Date.now();
    await lab.store.release(taken.lease, {
      positions: new Map(),
      summary: { startedAt: now, endedAt: now, outcome: 'failed', records: 0, bytes: 0, deadLetters: 0 },
      counted: COUNTED,
      failure: {
        code: 'UNREACHABLE',
        message: `it broke at ${task}; mend it`,
        count: 2,
        at: now,
        notBefore: fatal ? 0 : now + 60_000,
        fatal,
      },
    });
  }

  it('has the configuration that it was given, text by text', async () => {
    const given = wordsFlat({ 'source.words': 'a, b', 'batch.maxDurationMs': '5m', 'rocketmq.tls': 'false', name: 'c' });
    expect(await lab.call('PUT', '/connectors/c/config', given)).toMatchObject({ status: 201, body: { config: given } });
    expect(await configOf('c')).toEqual(given);
    const longer: Record<string, string> = { ...given, 'batch.maxDurationMs': '300000' };
    expect(await lab.call('PUT', '/connectors/c/config', longer)).toMatchObject({ status: 200, body: { config: longer } });
    expect(await configOf('c')).toEqual(longer);
    expect((await lab.call('PUT', '/connectors/c/config', { ...given, 'tasks.max': 'x' })).status).toBe(400);
    expect(await configOf('c')).toEqual(longer);
    const patched = await lab.call('PATCH', '/connectors/c/config', { 'rocketmq.tls': null, 'batch.maxRecords': 7 });
    const { 'rocketmq.tls': _, ...rest } = longer;
    expect(patched.body.config).toEqual({ ...rest, 'batch.maxRecords': '7' });
    expect((await lab.call('GET', '/connectors?expand=info')).body.c.info.config).toEqual(patched.body.config);
  });

  it('keeps the changes of all who patch it at the same time', async () => {
    await put('c');
    const changes = [{ 'batch.maxRecords': 7 }, { 'errors.maxFailures': 9 }, { 'batch.maxDurationMs': '1m' }, { 'source.words': 'a, b' }];
    const answers = await Promise.all(changes.map((change) => lab.call('PATCH', '/connectors/c/config', change)));
    expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200));
    const changed = { 'batch.maxRecords': '7', 'errors.maxFailures': '9', 'batch.maxDurationMs': '1m', 'source.words': 'a, b' };
    expect(await configOf('c')).toEqual({ ...wordsFlat({ name: 'c' }), ...changed });
  });

  it('keeps the changes of all who only write a default out', async () => {
    await put('c');
    const changes = [{ 'rocketmq.namespace': '' }, { 'rocketmq.tls': false }, { 'trigger.timeZone': 'UTC' }];
    const answers = await Promise.all(changes.map((change) => lab.call('PATCH', '/connectors/c/config', change)));
    expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200));
    expect(await configOf('c')).toMatchObject({ 'rocketmq.namespace': '', 'rocketmq.tls': 'false', 'trigger.timeZone': 'UTC' });
  });

  it('has one of the configurations that come at the same time, text by text, or is gone where it is deleted meanwhile', async () => {
    for (let round = 0; round < 6; round += 1) {
      await put('c');
      const given = ['1', '2', '3'].map((records) => wordsFlat({ name: 'c', 'batch.maxRecords': `${records}${round}` }));
      const puts = given.map((config) => lab.call('PUT', '/connectors/c/config', config));
      const gone = round % 2 === 0 ? [] : [lab.call('DELETE', '/connectors/c')];
      const statuses = (await Promise.all([...puts, ...gone])).map(({ status }) => status);
      for (const status of statuses) expect([200, 201, 204, 409]).toContain(status);
      const { status, body } = await lab.call('GET', '/connectors/c/config');
      if (round % 2 === 0) expect([wordsFlat({ name: 'c' }), ...given]).toContainEqual(body);
      // A PUT that came behind the delete made it anew.
      else if (status === 200) expect(given).toContainEqual(body);
      else expect((await lab.call('GET', '/connectors')).body).toEqual([]);
      await lab.call('DELETE', '/connectors/c');
    }
  });

  it('whose first plan died is UNASSIGNED, says so, and comes to life when it is configured again', async () => {
    await put('other');
    const { spec } = (await lab.store.getConnector('other')) as ConnectorItem;
    await lab.store.beginPlan('c', { ...spec, name: 'c' });
    expect((await stateOf('c')).connector).toMatchObject({
      state: 'UNASSIGNED',
      trace: expect.stringContaining('no plan has taken effect yet'),
    });
    expect((await put('c')).status).toBe(201);
    expect((await stateOf('c')).connector).toMatchObject({ state: 'RUNNING' });
  });

  it('has the text of an earlier generation again where that is put in force', async () => {
    const first = wordsFlat({ name: 'c', 'batch.maxDurationMs': '1s' });
    await put('c', first);
    await put('c', { 'batch.maxDurationMs': '2s' });
    await lab.planner.handle({ action: 'replan', connector: 'c' });
    expect(await lab.planner.handle({ action: 'rollback', connector: 'c', generation: 1 })).toMatchObject({ ok: true });
    expect(await configOf('c')).toEqual(first);
  });

  it('whose file was applied since shows what is in force, and takes that back without a change', async () => {
    await put('c', { 'source.words': 'a' });
    const file = {
      name: 'c',
      type: 'words-source',
      source: { words: ['b', 'a'] },
      rocketmq: { endpoints: '127.0.0.1:9876', topic: 't' },
    };
    expect(await lab.planner.handle({ action: 'apply', file })).toMatchObject({ ok: true });
    const shown = await configOf('c');
    expect(shown).toMatchObject({
      'connector.class': 'words-source',
      'tasks.max': '1',
      'source.words': 'b,a',
      'batch.maxDurationMs': '780000',
    });
    const before = await lab.store.getConnector('c');
    expect(await lab.call('PUT', '/connectors/c/config', shown)).toMatchObject({ status: 200, body: { config: shown } });
    expect(await lab.store.getConnector('c')).toMatchObject({ generation: before?.generation, spec: before?.spec });
  });

  it('may have dots in its name', async () => {
    const name = 'shop.orders.v1';
    expect(await put(name)).toMatchObject({ status: 201, body: { name } });
    await lab.call('PUT', `/connectors/${name}/pause`);
    expect(await stateOf(name)).toMatchObject({ name, connector: { state: 'PAUSED' }, tasks: [{ id: 0, state: 'PAUSED' }] });
    expect((await lab.call('POST', '/connectors', { name, config: wordsFlat() })).status).toBe(409);
    expect((await lab.call('DELETE', `/connectors/${name}/`)).status).toBe(204);
    expect((await lab.call('GET', `/connectors/${name}`)).status).toBe(404);
  });

  it.each(['RUNNING', 'PAUSED', 'STOPPED'])('is created in the state %s, and is never in another', async (state) => {
    const answer = await lab.call('POST', '/connectors', { name: 'c', config: wordsFlat(), initial_state: state });
    expect(answer).toMatchObject({ status: 201, body: { tasks: state === 'STOPPED' ? [] : [{ connector: 'c', task: 0 }] } });
    expect(answer.headers.get('location')).toBe('/connectors/c');
    expect(await desiredOf('c')).toBe(state);
    expect((await stateOf('c')).connector.state).toBe(state);
    expect((await lab.store.listTasks('c')).map(({ paused }) => paused)).toEqual([state !== 'RUNNING']);
    await put('c', { 'source.mode': 'fast' });
    expect(await desiredOf('c')).toBe(state);
  });

  it('shows what is wrong with it, and restarts what failed', async () => {
    await put('c', { 'source.words': 'a,b,c', 'tasks.max': '3' });
    await fail(0, false);
    await fail(2, true);
    expect(await stateOf('c')).toMatchObject({
      connector: { state: 'RUNNING', trace: '1 of 3 tasks failed; task 2: UNREACHABLE: it broke at 2; mend it' },
      tasks: [
        {
          id: 0,
          state: 'RUNNING',
          trace: expect.stringMatching(/^UNREACHABLE: it broke at 0; mend it \(failure 2 in a row; next try at 2/),
        },
        { id: 1, state: 'RUNNING' },
        { id: 2, state: 'FAILED', trace: 'UNREACHABLE: it broke at 2; mend it' },
      ],
    });
    const restarted = await lab.call('POST', '/connectors/c/restart?includeTasks=true&onlyFailed=true');
    expect(restarted).toMatchObject({
      status: 202,
      body: { tasks: [{ state: 'RESTARTING' }, { state: 'RUNNING' }, { state: 'RESTARTING' }] },
    });
    expect(lab.started).toEqual(['c/0', 'c/2']);
    expect((await stateOf('c')).connector).not.toHaveProperty('trace');
    await lab.call('POST', '/connectors/c/tasks/1/restart');
    expect(lab.started.slice(2)).toEqual(['c/1']);
    for (const task of [0, 1, 2]) await fail(task, true);
    expect((await stateOf('c')).connector.state).toBe('FAILED');
    await lab.call('PUT', '/connectors/c/pause');
    expect(await lab.call('POST', '/connectors/c/restart?includeTasks=true')).toMatchObject({ status: 400 });
  });

  it('gets its offsets back as they were, each alone', async () => {
    await put('c', { 'source.words': 'a,b' });
    await lab.call('PUT', '/connectors/c/stop');
    const set = {
      offsets: [
        { partition: { partition: 'a' }, offset: { position: '5' } },
        { partition: { partition: 'b' }, offset: { position: '6' } },
      ],
    };
    expect((await lab.call('PATCH', '/connectors/c/offsets', set)).status).toBe(200);
    const got = (await lab.call('GET', '/connectors/c/offsets')).body;
    expect(got).toEqual(set);
    expect((await lab.call('PATCH', '/connectors/c/offsets', got)).body).toEqual({ message: 'the offsets are these already' });
    expect((await lab.call('PATCH', '/connectors/c/offsets', { offsets: [{ ...set.offsets[0], offset: null }] })).status).toBe(200);
    expect((await lab.call('GET', '/connectors/c/offsets')).body).toEqual({ offsets: set.offsets.slice(1) });
    expect(await lab.call('PATCH', '/connectors/c/offsets', { offsets: [set.offsets[0], set.offsets[0]] })).toMatchObject({ status: 400 });
  });

  it('shows no secret that stands for a reference, nor one that was given by mistake', async () => {
    process.env.REST_WORDS_PASSWORD = WRONG_PASSWORD;
    const answers = [
      await put('c', { 'source.password': '${env:REST_WORDS_PASSWORD}' }),
      await put('c', { 'source.password': WRONG_PASSWORD }),
      await put('c', { 'source.passwrod': WRONG_PASSWORD }),
      await put('c', { 'source.password': `\${env:NOPE:-${WRONG_PASSWORD}}` }),
      ...(await Promise.all(
        ['source.password', 'source.passwrod', 'source.weights'].map((key) =>
          lab.call(
            'PUT',
            '/connector-plugins/words-source/config/validate',
            wordsFlat({ name: 'c', [key]: key.endsWith('s') ? `{"${WRONG_PASSWORD}":"x"}` : WRONG_PASSWORD }),
          ),
        ),
      )),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 200, 200, 200]);
    expect(answers[0]?.body.message).toContain('the server refused ${env:REST_WORDS_PASSWORD}');
    for (const { text } of answers.slice(0, 6)) expect(text).not.toContain(WRONG_PASSWORD);
    process.env.REST_WORDS_PASSWORD = 'right-password-4711';
    expect((await put('c', { 'source.password': '${env:REST_WORDS_PASSWORD}' })).status).toBe(201);
    const pages = [
      '/connectors?expand=info&expand=status',
      '/connectors/c',
      '/connectors/c/config',
      '/connectors/c/tasks',
      '/connectors/c/offsets',
    ];
    for (const page of pages) expect((await lab.call('GET', page)).text).not.toContain('right-password-4711');
  });
});

describe('no answer', () => {
  it('shows a secret, wherever one is written and whatever stands for it', async () => {
    await using lab = await RestLab.open();
    const secret = fc.stringMatching(/^[A-Za-z0-9+/!$%-]{12,40}$/);
    const options = ['source.password', 'source.passwrod', 'password', 'source.password.x', 'rocketmq.secretKey', 'rocketmq.tls.key'];
    const written = fc.constantFrom<(secret: string) => string>(
      (text) => text,
      (text) => `\${env:REST_SECRET:-${text}}`,
      (text) => `amqp://user:${text}@host`,
      (text) => `["${text}"]`,
      (text) => `{"key":"${text}"}`,
      () => '${env:REST_SECRET}',
      () => 'x${env:REST_SECRET}',
    );
    const asked = fc.asyncProperty(secret, fc.constantFrom(...options), written, async (text, option, write) => {
      process.env.REST_SECRET = text;
      const config = wordsFlat({ name: 'c', [option]: write(text) });
      const answers = [
        await lab.call('PUT', '/connector-plugins/words-source/config/validate', config),
        await lab.call('PUT', '/connectors/c/config', config),
        await lab.call('POST', '/connectors', { name: 'c', config }),
        await lab.call('GET', '/connectors?expand=info&expand=status'),
        await lab.call('GET', '/connectors/c/tasks'),
      ];
      for (const answer of answers) expect(answer.text).not.toContain(text);
      expect(answers.map(({ status }) => status)).not.toContain(500);
    });
    await fc.assert(asked, { numRuns: 20 }).finally(() => {
      delete process.env.REST_SECRET;
    });
  }, 900_000);
});

describe('a list of connectors with many tasks', () => {
  it('costs a query for the connectors, and few for the tasks of each', async () => {
    await using lab = await RestLab.open();
    const words = Array.from({ length: 50 }, (_, n) => `w${n}`).join(',');
    for (const name of ['one', 'two']) {
      expect((await lab.call('PUT', `/connectors/${name}/config`, wordsFlat({ 'source.words': words, 'tasks.max': '50' }))).status).toBe(
        201,
      );
    }
    const list = async () => {
      const { body } = await lab.call('GET', '/connectors?expand=status&expand=info');
      expect(Object.values(body as Record<string, { status: { tasks: unknown[] } }>).flatMap(({ status }) => status.tasks)).toHaveLength(
        100,
      );
    };
    expect(await fewestRequests(lab.store, 3, list)).toBe(3);
  }, 60_000);
});
