import { describe, expect, it } from '@jest/globals';
import { ConnectError, silentLogger } from '../../../src/api/index.ts';
import { metricsRoute } from '../../../src/cli/shared/metrics-route.ts';
import { createRestApi } from '../../../src/rest/rest-api.ts';
import type { Planner } from '../../../src/runtime/planner-api.ts';

describe('GET /metrics', () => {
  it.each([
    ['UNREACHABLE', 502],
    ['NOT_FOUND', 502],
    ['AUTH_FAILED', 403],
  ] as const)('of a planner that can not be called (%s) is %i, as of all endpoints', async (code, status) => {
    const planner: Planner = { handle: () => Promise.reject(new ConnectError(code, 'it broke', { remedy: 'Mend it' })) };
    const options = { registry: { connectorTypes: {} }, version: '0', logger: silentLogger };
    const api = createRestApi({ planner, ...options, more: [metricsRoute(planner)] });
    const answer = await api(new Request('http://localhost/metrics'));
    expect(await answer.json()).toEqual({ error_code: status, message: 'it broke; Mend it' });
  });

  it.each([
    ['', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['*/*', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    [
      'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ],
    ['text/plain;version=0.0.4;q=1,*/*;q=0.1', 'text/plain; version=0.0.4; charset=utf-8'],
  ])('for who accepts %j is %s', async (accept, type) => {
    const planner: Planner = { handle: async () => ({ ok: true, result: { connectors: [] } }) };
    const api = createRestApi({
      planner,
      registry: { connectorTypes: {} },
      version: '0',
      logger: silentLogger,
      more: [metricsRoute(planner)],
    });
    const answer = await api(new Request('http://localhost/metrics', { headers: { accept } }));
    expect(answer.headers.get('content-type')).toBe(type);
  });
});
