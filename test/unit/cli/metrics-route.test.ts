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
});
