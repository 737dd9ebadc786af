import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createApiHandler } from '../../../functions/api-handler.ts';
import type { HttpEvent } from '../../../functions/http-event.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { askPlanner } from '../../../src/cli/target/planner-function.ts';
import { pricesOf } from '../../../src/cost/prices.ts';
import type { HistoryResult, PlannerRequest, PlannerResponse } from '../../../src/runtime/planner-api.ts';
import { JWT_API, packagedTemplate } from '../../support/aws-rules/packaged-template.ts';
import { roleStatements } from '../../support/aws-rules/role-statements.ts';
import { parseOpenmetrics } from '../../support/parse-openmetrics.ts';
import { CALLER, DOMAIN, type HttpEventOptions, httpEvent } from '../../support/rest/http-event.ts';
import { RestLab, wordsFlat } from '../../support/rest/rest-lab.ts';
import { type LambdaEmulator, startLambdaEmulator } from '../cli/lambda-emulator.ts';

// The template is packaged first, where no earlier test has done so.
jest.setTimeout(900_000);

const PLANNER = 'rocketmq-connect-dev-planner';
/** The role may invoke the planner function and no other. */
const TASK = 'rocketmq-connect-dev-task';

describe('the function behind API Gateway', () => {
  let lab: RestLab;
  let lambda: LambdaEmulator;
  let client: LambdaClient;
  const asked: PlannerRequest[] = [];
  /** What the planner waits for before it works. */
  let gate: Promise<unknown> = Promise.resolve();

  beforeAll(async () => {
    lab = await RestLab.open();
    const plan = async (request: PlannerRequest): Promise<PlannerResponse> => {
      asked.push(request);
      await gate;
      return lab.planner.handle(request);
    };
    const role = roleStatements(await packagedTemplate(JWT_API), 'ApiRole');
    lambda = await startLambdaEmulator({ [PLANNER]: plan, [TASK]: plan }, role);
    client = new LambdaClient({ endpoint: lambda.url, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  });
  afterAll(async () => {
    client?.destroy();
    await lambda?.close();
    await lab?.[Symbol.asyncDispose]();
  });

  const handlerOf = (name: string, limitMs: number) =>
    createApiHandler({
      ask: (request, signal) => askPlanner({ client, name, remedy: 'deploy it' }, request, signal),
      ...{ limitMs, registry: { connectorTypes: lab.types }, cluster: name, version: '0.1.0', logger: silentLogger },
      prices: pricesOf('eu-central-1').prices,
    });

  /** `api`: the function; by default one that has all the time that it needs. */
  async function call(
    method: string,
    path: string,
    options: HttpEventOptions = {},
    api: (event: HttpEvent) => unknown = handlerOf(PLANNER, 250_000),
  ) {
    const result = (await api(httpEvent(method, { path, ...options }))) as Awaited<ReturnType<ReturnType<typeof handlerOf>>>;
    const text = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8').toString();
    const isJson = String(result.headers?.['content-type']).startsWith('application/json');
    return { status: result.statusCode, headers: result.headers, text, body: isJson ? JSON.parse(text) : undefined };
  }

  const put = (name: string, more: HttpEventOptions = {}, api?: (event: HttpEvent) => unknown) =>
    call('PUT', `/connectors/${name}/config`, { body: JSON.stringify(wordsFlat()), ...more }, api);

  const historyOf = async (connector: string): Promise<HistoryResult['changes']> => {
    const response = (await lab.planner.handle({ action: 'history', connector })) as PlannerResponse<HistoryResult>;
    return response.ok ? response.result.changes : [];
  };

  it('creates, shows, changes and deletes a connector, with the planner as its only right', async () => {
    expect(await put('words.of-api', { body: Buffer.from(JSON.stringify(wordsFlat())) })).toMatchObject({
      status: 201,
      headers: { location: '/connectors/words.of-api' },
      body: { name: 'words.of-api', tasks: [{ connector: 'words.of-api', task: 0 }] },
    });
    expect(await call('GET', '/connectors', { query: 'expand=status&expand=info' })).toMatchObject({
      status: 200,
      body: { 'words.of-api': { info: { type: 'source' }, status: { connector: { state: 'RUNNING', worker_id: `${DOMAIN}:443` } } } },
    });
    expect(await call('GET', '/')).toMatchObject({ status: 200, body: { kafka_cluster_id: PLANNER } });
    const metrics = await call('GET', '/metrics');
    expect((await parseOpenmetrics(metrics.text)).length).toBeGreaterThan(10);
    expect(await call('PUT', '/connectors/words.of-api/stop')).toMatchObject({ status: 204, text: '' });
    expect(await call('DELETE', '/connectors/words.of-api')).toMatchObject({ status: 204 });
    expect(await call('GET', '/connectors/words.of-api/status')).toMatchObject({ status: 404 });
  });

  it('keeps who changed a connector as API Gateway says, whatever the client says', async () => {
    await put('words-actor', { headers: { 'x-amzn-actor': 'eve', 'x-actor': 'eve' } });
    await call('PUT', '/connectors/words-actor/pause', { authorizer: { jwt: { claims: { sub: 'ada@example.com', actor: 'eve' } } } });
    expect(await historyOf('words-actor')).toMatchObject([
      { action: 'pause', actor: { name: 'ada@example.com' } },
      { action: 'apply', actor: { name: CALLER } },
    ]);
  });

  it('refuses who is not named, another host, a page of another site and what is no request', async () => {
    asked.length = 0;
    const error = (status: number) => ({ status, body: { error_code: status, message: expect.any(String) } });
    expect(await call('GET', '/connectors', { authorizer: null })).toMatchObject(error(403));
    expect(await call('GET', '/connectors', { headers: { host: 'evil.example' } })).toMatchObject(error(421));
    expect(await put('x', { headers: { origin: 'https://evil.example' } })).toMatchObject(error(403));
    expect(await put('x', { headers: { 'sec-fetch-site': 'cross-site' } })).toMatchObject(error(403));
    expect(await call('DELETE', '/connectors/mine/../other')).toMatchObject(error(400));
    expect(await put('x', { body: '{' })).toMatchObject(error(400));
    expect(asked).toEqual([]);
  });

  it('names no other site that may read its answers', async () => {
    const { headers } = await call('GET', '/connectors', { headers: { origin: 'https://evil.example' } });
    expect(Object.keys(headers ?? {}).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('answers 202 where the planner takes longer; it completes the plan once, though nobody waits for it', async () => {
    asked.length = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    // Whether there is a connector of this name is asked first, and answered.
    const waits = (request: PlannerRequest) => request.action === 'apply';
    const slow = createApiHandler({
      ask: async (request, signal) => {
        if (waits(request)) gate = promise;
        return askPlanner({ client, name: PLANNER, remedy: 'deploy it' }, request, signal);
      },
      // On a busy machine the time may be over before the first answer has come: then nothing was changed, and the case is tried again.
      ...{ limitMs: 2_000, registry: { connectorTypes: lab.types }, cluster: PLANNER, version: '0.1.0', logger: silentLogger },
      prices: pricesOf('eu-central-1').prices,
    });
    let answer = await put('words-slow', {}, slow);
    while (answer.status === 504) answer = await put('words-slow', {}, slow);
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: '/connectors/words-slow/status' },
      body: { message: expect.stringContaining('the planner goes on with apply') },
    });
    expect(await historyOf('words-slow')).toEqual([]);
    resolve();
    gate = Promise.resolve();
    while ((await historyOf('words-slow'))[0]?.state !== 'done') await sleep(20);
    expect(await call('GET', answer.headers?.location as string)).toMatchObject({ status: 200, body: { name: 'words-slow' } });
    expect(await historyOf('words-slow')).toMatchObject([{ action: 'apply', actor: { name: CALLER } }]);
    expect(asked.filter(({ action }) => action === 'apply')).toHaveLength(1);
  });

  it('may invoke no other function', async () => {
    const { status, body } = await call('GET', '/connectors', {}, handlerOf(TASK, 250_000));
    expect({ status, body }).toEqual({
      status: 403,
      body: { error_code: 403, message: expect.stringContaining('lambda:InvokeFunction') },
    });
  });

  it('is put together from its environment', async () => {
    const env = { CONNECT_PLANNER: PLANNER, AWS_ENDPOINT_URL_LAMBDA: lambda.url, AWS_REGION: 'eu-central-1' };
    Object.assign(process.env, env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    try {
      const { handler } = await import('../../../functions/api.ts');
      const api = (event: HttpEvent) => handler(event, {} as never);
      expect(await call('GET', '/', {}, api)).toMatchObject({ status: 200, body: { kafka_cluster_id: PLANNER } });
      expect(await call('GET', '/health', {}, api)).toMatchObject({ status: 200, body: { status: 'healthy' } });
    } finally {
      for (const name of [...Object.keys(env), 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
    }
  });
});
