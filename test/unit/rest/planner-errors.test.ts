import { describe, expect, it } from '@jest/globals';
import { ConnectError, type ErrorCode, silentLogger } from '../../../src/api/index.ts';
import { createRestApi } from '../../../src/rest/rest-api.ts';
import type { Planner, PlannerRequest } from '../../../src/runtime/planner-api.ts';

const overview = { ok: true, result: { connectors: [{ name: 'c', desired: 'RUNNING', tasks: [], file: {}, generation: 1 }] } } as const;

async function statusOf(handle: Planner['handle'], method = 'GET', path = '/connectors/c'): Promise<number> {
  const api = createRestApi({ planner: { handle }, registry: { connectorTypes: {} }, version: '0', logger: silentLogger });
  const answer = await api(new Request(`http://localhost${path}`, { method }));
  expect(await answer.json()).toEqual({ error_code: answer.status, message: expect.stringContaining('it broke') });
  return answer.status;
}

const refusing =
  (code: ErrorCode, retriable = false) =>
  async ({ action }: PlannerRequest) =>
    action === 'overview' ? overview : ({ ok: false, error: { code, message: 'it broke', retriable } } as const);

describe('a failure of the planner', () => {
  it.each<[ErrorCode, number]>([
    ['FORBIDDEN', 403],
    ['AUTH_FAILED', 403],
    // A function that is not deployed is no connector that is gone.
    ['NOT_FOUND', 502],
    ['UNREACHABLE', 502],
    ['INTERNAL', 502],
  ])('that can not be called (%s) is %i', async (code, status) => {
    expect(await statusOf(() => Promise.reject(new ConnectError(code, 'it broke')))).toBe(status);
  });

  it.each<[ErrorCode, boolean, number]>([
    ['PLAN_SUPERSEDED', true, 409],
    ['WRONG_STATE', false, 400],
    ['NOT_FOUND', false, 404],
    ['UNREACHABLE', true, 503],
    ['THROTTLED', true, 503],
    ['INTERNAL', true, 500],
  ])('that it reports as %s (retriable: %s) is %i', async (code, retriable, status) => {
    expect(await statusOf(refusing(code, retriable), 'PUT', '/connectors/c/pause')).toBe(status);
  });

  it('about a system is 400, and about its own table 500', async () => {
    expect(await statusOf(refusing('NOT_FOUND'), 'POST', '/connectors/c/restart')).toBe(400);
    expect(await statusOf(async () => ({ ok: false, error: { code: 'NOT_FOUND', message: 'it broke', retriable: false } }))).toBe(500);
  });
});
