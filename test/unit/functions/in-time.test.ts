import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { inTime } from '../../../functions/in-time.ts';
import type { Planner, PlannerRequest, PlannerResponse } from '../../../src/runtime/planner-api.ts';

const LIMIT_MS = 25_000;
const DONE: PlannerResponse = { ok: true, result: {} };

describe('an answer in time', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** A planner that answers when it is told to, and does not look at the signal. */
  function lab(requests: readonly PlannerRequest[]) {
    const asked: PlannerRequest[] = [];
    const signals: AbortSignal[] = [];
    const waiting: Array<PromiseWithResolvers<PlannerResponse>> = [];
    const ask = (request: PlannerRequest, signal: AbortSignal) => {
      asked.push(request);
      signals.push(signal);
      const answer = Promise.withResolvers<PlannerResponse>();
      waiting.push(answer);
      return answer.promise;
    };
    const work = async (planner: Planner) => {
      for (const request of requests) await planner.handle(request);
      return Response.json('done');
    };
    const answered = inTime(work, { ask, actor: 'ada', limitMs: LIMIT_MS });
    return { asked, signals, waiting, answered };
  }

  it('is that of the work, and changes are signed', async () => {
    const { asked, waiting, answered } = lab([
      { action: 'overview', connector: 'a' },
      { action: 'pause', connector: 'a' },
    ]);
    waiting[0]?.resolve(DONE);
    await jest.advanceTimersByTimeAsync(LIMIT_MS - 1);
    waiting[1]?.resolve(DONE);
    expect(await (await answered).json()).toBe('done');
    expect(asked).toEqual([
      { action: 'overview', connector: 'a' },
      { action: 'pause', connector: 'a', actor: 'ada' },
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is not what a client says who it is', async () => {
    const { asked, waiting, answered } = lab([{ action: 'pause', connector: 'a', actor: 'eve' }]);
    waiting[0]?.resolve(DONE);
    await answered;
    expect(asked).toMatchObject([{ actor: 'ada' }]);
  });

  it.each<[string, PlannerRequest, string | null]>([
    ['a new configuration', { action: 'apply', file: { name: 'a.b' } }, '/connectors/a.b/status'],
    ['offsets', { action: 'alter-offsets', connector: 'a' }, '/connectors/a/status'],
    ['a file without a name', { action: 'apply', file: {} }, null],
  ])('is 202 with the place to look at where %s takes longer', async (_, request, location) => {
    const { signals, answered } = lab([request, { action: 'overview', connector: 'a' }]);
    await jest.advanceTimersByTimeAsync(LIMIT_MS);
    const answer = await answered;
    expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({ status: 202, location });
    expect(signals[0]?.aborted).toBe(true);
  });

  it('is 202, too, where the change is done and what follows it takes longer', async () => {
    const { waiting, answered } = lab([
      { action: 'stop', connector: 'a' },
      { action: 'overview', connector: 'a' },
    ]);
    waiting[0]?.resolve(DONE);
    await jest.advanceTimersByTimeAsync(LIMIT_MS);
    expect((await answered).status).toBe(202);
  });

  it('is 504 where a restart could not plan in time, because its own answer is 202', async () => {
    const { answered } = lab([
      { action: 'replan', connector: 'a' },
      { action: 'restart', connector: 'a' },
    ]);
    await jest.advanceTimersByTimeAsync(LIMIT_MS);
    const answer = await answered;
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ error_code: 504, message: expect.stringContaining('send the request once more') });
  });

  it('is 504 where the planner refused the change, and what follows takes longer', async () => {
    const { waiting, answered } = lab([
      { action: 'apply', file: { name: 'a' } },
      { action: 'overview', connector: 'a' },
    ]);
    waiting[0]?.resolve({ ok: false, error: { code: 'PLAN_SUPERSEDED', message: 'somebody was faster', retriable: true } });
    await jest.advanceTimersByTimeAsync(LIMIT_MS);
    expect((await answered).status).toBe(504);
  });

  it('is 504 where a change would have to be sent in the last moment: nobody could say whether the planner has it', async () => {
    const { asked, waiting, answered } = lab([
      { action: 'overview', connector: 'a' },
      { action: 'apply', file: { name: 'a' } },
    ]);
    await jest.advanceTimersByTimeAsync(LIMIT_MS - 1_000);
    waiting[0]?.resolve(DONE);
    await jest.advanceTimersByTimeAsync(LIMIT_MS);
    expect((await answered).status).toBe(504);
    expect(asked).toHaveLength(1);
  });

  it('is 504 where nothing was to be changed', async () => {
    const { answered } = lab([{ action: 'overview', connector: 'a' }]);
    await jest.advanceTimersByTimeAsync(LIMIT_MS);
    const answer = await answered;
    expect(answer.status).toBe(504);
    expect(await answer.json()).toEqual({ error_code: 504, message: expect.stringContaining('nothing was changed') });
  });

  it.each<[string, (waiting: PromiseWithResolvers<PlannerResponse>) => void]>([
    ['comes', ({ resolve }) => resolve(DONE)],
    ['fails', ({ reject }) => reject(new Error('the connection was closed'))],
  ])('is followed by nothing, also when the late answer %s', async (_, end) => {
    const { asked, waiting, answered } = lab([
      { action: 'replan', connector: 'a' },
      { action: 'restart', connector: 'a' },
    ]);
    await jest.advanceTimersByTimeAsync(LIMIT_MS);
    await answered;
    end(waiting[0] as PromiseWithResolvers<PlannerResponse>);
    await jest.advanceTimersByTimeAsync(LIMIT_MS);
    expect(asked).toHaveLength(1);
  });

  it('passes on what the planner fails with', async () => {
    const { waiting, answered } = lab([{ action: 'overview' }]);
    waiting[0]?.reject(new Error('no such function'));
    await expect(answered).rejects.toThrow('no such function');
  });
});
