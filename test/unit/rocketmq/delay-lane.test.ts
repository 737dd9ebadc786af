import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConnectError } from '../../../src/api/index.ts';
import { DelayLane, delayProblem } from '../../../src/rocketmq/delay-lane.ts';
import { type RequestForm, RequestRefused } from '../../../src/rocketmq/send-request.ts';
import { RefusedError } from '../../../src/rocketmq/types.ts';
import { message } from './decode-body.ts';

const later = Date.now() + 60_000;
const numbered = (count: number) => Array.from({ length: count }, (_, index) => ({ ...message(String(index)), deliverAt: index }));
const anyTurn = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 3));

/** A queue that answers requests in any order, refuses `refused` and fails at `failing`. */
function setUp(refused: readonly number[] = [], failing: readonly number[] = []) {
  const stored: number[] = [];
  const forms: RequestForm[] = [];
  const seen = { most: 0, inFlight: 0 };
  const lane = new DelayLane(async (body, _, form) => {
    seen.inFlight += 1;
    seen.most = Math.max(seen.most, seen.inFlight);
    await anyTurn();
    seen.inFlight -= 1;
    const number = Number(body.toString());
    if (failing.includes(number)) throw new ConnectError('THROTTLED', `busy ${number}`, { retriable: true });
    if (refused.includes(number)) throw new RequestRefused('illegal');
    stored.push(number);
    forms.push(form as RequestForm);
  });
  return { lane, stored, forms, seen };
}

describe('a lane of messages for later', () => {
  it('sends each message in a request of its own, with its properties and its time, many in flight', async () => {
    const { lane, stored, forms, seen } = setUp();
    await lane.send(numbered(100), later);
    expect(stored.sort((a, b) => a - b)).toEqual(numbered(100).map(({ deliverAt }) => deliverAt));
    expect(seen.most).toBe(32);
    expect(forms.every(({ isSingle }) => isSingle)).toBe(true);
    const given = { ...message('0'), keys: ['a', 'b'], tag: 'blue', properties: new Map([['größe', 'L']]), deliverAt: 1_764_402_300_123 };
    await lane.send([given], later);
    expect(forms.at(-1)?.properties.replaceAll('\u0001', '=').replaceAll('\u0002', ';')).toMatch(
      /^KEYS=a b;TAGS=blue;größe=L;UNIQ_KEY=[0-9A-F]{32};TIMER_DELIVER_MS=1764402300123;$/u,
    );
  });

  it('names the first refused message, has all before it stored, and says which are stored behind it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 70 }),
        fc.uniqueArray(fc.nat(69), { minLength: 1, maxLength: 5 }),
        async (count, faults) => {
          const inRange = faults.filter((fault) => fault < count);
          const { lane, stored } = setUp(faults);
          const refusal = await lane.send(numbered(count), later).catch((error: unknown) => error as RefusedError);
          if (inRange.length === 0) {
            expect(refusal).toBeUndefined();
            return;
          }
          expect(refusal).toBeInstanceOf(RefusedError);
          const { index, stored: behind } = refusal as RefusedError;
          expect(index).toBe(Math.min(...inRange));
          expect(stored.sort((a, b) => a - b)).toEqual([
            ...Array.from({ length: index }, (_, before) => before),
            ...[...behind].sort((a, b) => a - b),
          ]);
          expect([...behind].every((each) => each > index)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('rejects with a failure, even where a message was refused, only when nothing is in flight, and takes new calls', async () => {
    const { lane, seen, stored } = setUp([3], [5]);
    const first = lane.send(numbered(40), later).catch((error: unknown) => ({ error, inFlight: seen.inFlight }));
    const behind = lane.send(numbered(1), later);
    await expect(behind).rejects.toMatchObject({ code: 'INTERRUPTED', retriable: true });
    expect(await first).toMatchObject({ error: { code: 'THROTTLED', message: 'busy 5' }, inFlight: 0 });
    stored.length = 0;
    await lane.send(numbered(2), later);
    expect(stored.sort()).toEqual([0, 1]);
  });

  it('has nothing to do for no messages', async () => {
    const { lane, stored } = setUp();
    await lane.send([], later);
    expect(stored).toEqual([]);
  });

  it.each([undefined, Number.NaN, 1.5, 9_000_000_000_000_000])('sends no message whose time is %s', async (deliverAt) => {
    const given = { ...message('0'), ...(deliverAt !== undefined && { deliverAt }) };
    expect(delayProblem(given)).toBe('it has no time of delivery, which a DELAY topic needs');
    const { lane, stored } = setUp();
    await expect(lane.send([given], later)).rejects.toMatchObject({ code: 'RECORD_REFUSED', index: 0 });
    expect(stored).toEqual([]);
  });
});
