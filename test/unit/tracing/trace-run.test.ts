import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSecretResolver } from '../../../src/config/secrets.ts';
import type { Invocation, TaskDeps, TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import type { TaskStore } from '../../../src/store/store.ts';
import { sendTrace } from '../../../src/tracing/send-trace.ts';
import { connectorSpec, idleTask, plannedTask } from '../../support/specs.ts';

const VARIABLES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_SERVICE_NAME', 'TRACE_TOKEN'];

describe('a run with a collector of spans', () => {
  const requests: Array<{ url: string | undefined; method: string | undefined; headers: IncomingMessage['headers']; body: string }> = [];
  const logged: object[] = [];
  let status: number | undefined;
  let close: () => Promise<unknown>;
  let loads = 0;

  beforeEach(async () => {
    [requests.length, logged.length, loads, status] = [0, 0, 0, 200];
    const server = createServer(async (request, response) => {
      const { url, method, headers } = request;
      requests.push({ url, method, headers, body: await text(request) });
      if (status !== undefined) response.writeHead(status, { location: '/elsewhere' }).end('{}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    close = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
  });
  afterEach(async () => {
    for (const name of VARIABLES) delete process.env[name];
    await close();
  });

  const item = idleTask({ planned: { ...plannedTask(['p']), taskClass: 'Absent' }, leaseUntil: Date.now() + 60_000 });
  /** A task that fails, because nothing has its class. */
  const run = (more: Partial<Invocation> = {}): Promise<TaskOutcome> => {
    const store: Partial<TaskStore> = {
      ...{ requests: 0, consumed: { readUnits: 0, writeUnits: 0, lastWriteUnits: 1 } },
      acquire: async () => ({ outcome: 'acquired', lease: { connector: 'orders', task: 0, epoch: 1, owner: 'x', until: 0 }, item }),
      getSpec: async () => connectorSpec(),
      release: async () => ({ rerun: false }),
      putRun: async () => undefined,
    };
    const log = (message: string, fields?: object) => void logged.push({ message, ...fields });
    const deps = {
      ...{ store, taskClasses: {}, resolveSecrets: createSecretResolver(), logger: { debug: log, info: log, warn: log, error: log } },
      continuation: { fire: async () => undefined },
      loadTracing: () => {
        loads += 1;
        return import('../../../src/tracing/index.ts');
      },
    } as unknown as TaskDeps;
    const signal = new AbortController().signal;
    return runTask({ connector: 'orders', task: 0 }, deps, { deadline: Date.now() + 60_000, owner: 'request-1', signal, ...more });
  };
  const spanOf = (body: string) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans[0];

  it('sends one span, with its headers, to the path for traces', async () => {
    process.env.OTEL_EXPORTER_OTLP_HEADERS = 'authorization=Bearer%20abc%3D%3D, x-tenant=connect';
    expect(await run({ queued: true })).toMatchObject({ outcome: 'failed', summary: { outcome: 'failed' } });
    expect(requests).toEqual([
      expect.objectContaining({
        ...{ url: '/v1/traces', method: 'POST' },
        headers: expect.objectContaining({ authorization: 'Bearer abc==', 'x-tenant': 'connect', 'content-type': 'application/json' }),
      }),
    ]);
    const span = spanOf(requests[0]?.body ?? '');
    expect(span).toMatchObject({ name: 'run orders', kind: 4, status: { code: 2, message: expect.any(String) } });
    expect(span.attributes).toContainEqual({ key: 'faas.trigger', value: { stringValue: 'pubsub' } });
    expect(span.attributes).toContainEqual({ key: 'messaging.batch.message_count', value: { intValue: '0' } });
  });

  it('reads a header that is a reference, and shows it in no line of the log', async () => {
    process.env.TRACE_TOKEN = 'very-secret-token-1';
    process.env.OTEL_EXPORTER_OTLP_HEADERS = 'authorization=${env:TRACE_TOKEN}';
    await run();
    expect(requests[0]?.headers.authorization).toBe('very-secret-token-1');
    status = 401;
    await run();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://very-secret-token-1.invalid';
    await run();
    expect(logged.filter(({ message }: { message?: string }) => message === 'span not sent')).toHaveLength(2);
    expect(JSON.stringify(logged)).not.toContain('very-secret-token-1');
  });

  it.each([
    ['authorization=Bearer%20s3cret%0Aof-mine', /^CONFIG_INVALID: header 1 of OTEL_EXPORTER_OTLP_HEADERS/],
    ['x-tenant=connect,authorization=of-mine\u{1F600}', /^CONFIG_INVALID: header 2 of OTEL_EXPORTER_OTLP_HEADERS/],
    ['of-mine s3cret=x', /^CONFIG_INVALID: header 1 of OTEL_EXPORTER_OTLP_HEADERS/],
  ])('shows no header that HTTP does not allow: %j', async (headers, reason) => {
    process.env.OTEL_EXPORTER_OTLP_HEADERS = headers;
    await run();
    expect(logged).toContainEqual(expect.objectContaining({ message: 'span not sent', reason: expect.stringMatching(reason) }));
    expect(JSON.stringify(logged)).not.toMatch(/s3cret|of-mine/);
  });

  it('takes references without ${} for files whose tool reads that itself', async () => {
    const asked: unknown[] = [];
    const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '';
    const resolve = async <T>(value: T): Promise<T> => {
      asked.push(value);
      return value;
    };
    await sendTrace({}, { endpoint, headers: 'a=secretsmanager:otlp#header,b=ssm:/otlp,c=plain:1' }, resolve);
    expect(asked).toEqual([{ a: '${secretsmanager:otlp#header}', b: '${ssm:/otlp}', c: 'plain:1' }]);
  });

  it.each([
    ['refuses it', 503, /answered 503/],
    ['sends it elsewhere', 302, /answered 302/],
    ['never answers', undefined, /no answer in 1000 ms/],
  ])('ends as it would without one that %s', async (_, answer, reason) => {
    status = answer;
    expect(await run()).toMatchObject({ outcome: 'failed', continued: false });
    expect(logged).toContainEqual(expect.objectContaining({ message: 'span not sent', reason: expect.stringMatching(reason) }));
  });

  it.each([
    ['is not there', () => 'http://127.0.0.1:1', ''],
    ['has no address', () => 'nonsense', ''],
    ['has headers that are none', (endpoint: string) => endpoint, 'nonsense'],
    ['has a header that can not be read', (endpoint: string) => endpoint, 'a=${env:NOT_SET_ANYWHERE}'],
  ])('ends as it would without one that %s', async (_, endpoint, headers) => {
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint(process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '');
    process.env.OTEL_EXPORTER_OTLP_HEADERS = headers;
    expect(await run()).toMatchObject({ outcome: 'failed', continued: false });
    expect(logged).toContainEqual(expect.objectContaining({ message: 'span not sent' }));
    expect(requests).toEqual([]);
  });

  it('sends nothing where the address is empty', async () => {
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = '';
    await run();
    expect([requests, loads]).toEqual([[], 1]);
  });
});
