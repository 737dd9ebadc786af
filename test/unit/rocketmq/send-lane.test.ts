import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConnectError } from '../../../src/api/index.ts';
import { SendLane } from '../../../src/rocketmq/send-lane.ts';
import { RequestRefused } from '../../../src/rocketmq/send-request.ts';
import { RefusedError } from '../../../src/rocketmq/types.ts';
import { bodiesOf, message } from './decode-body.ts';

const later = Date.now() + 60_000;
const numbered = (count: number, prefix = '') => Array.from({ length: count }, (_, index) => message(`${prefix}${index}`));

/** A queue that takes requests one at a time and refuses those that hold one of `refused`. */
function setUp(refused: readonly string[] = []) {
  const stored: string[] = [];
  let inFlight = 0;
  const lane = new SendLane(async (body) => {
    inFlight += 1;
    expect(inFlight).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight -= 1;
    const bodies = bodiesOf(body);
    if (bodies.some((body) => refused.includes(body))) throw new RequestRefused('illegal');
    stored.push(...bodies);
  });
  return { lane, stored };
}

describe('a lane', () => {
  it('sends calls one after another, in the order of the calls, one request in flight', async () => {
    const { lane, stored } = setUp();
    await Promise.all([lane.send(numbered(5_000, 'a'), later), lane.send(numbered(3, 'b'), later), lane.send(numbered(1, 'c'), later)]);
    expect(stored).toEqual([...numbered(5_000, 'a'), ...numbered(3, 'b'), ...numbered(1, 'c')].map(({ body }) => body.toString()));
  });

  it('names the first message at fault, with all before it stored and none behind it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 70 }),
        fc.uniqueArray(fc.nat(69), { minLength: 1, maxLength: 5 }),
        async (count, faults) => {
          const first = Math.min(...faults.filter((fault) => fault < count));
          const { lane, stored } = setUp(faults.map(String));
          const sent = lane.send(numbered(count), later);
          if (first < count) await expect(sent).rejects.toMatchObject({ code: 'RECORD_REFUSED', index: first, message: 'illegal' });
          else await sent;
          expect(stored).toEqual(numbered(Math.min(first, count)).map(({ body }) => body.toString()));
        },
      ),
    );
  });

  it('can send again from behind the message at fault', async () => {
    const { lane, stored } = setUp(['1']);
    const messages = numbered(4);
    const refusal = await lane.send(messages, later).catch((error: RefusedError) => error);
    expect(refusal).toBeInstanceOf(RefusedError);
    await lane.send(messages.slice((refusal as RefusedError).index + 1), later);
    expect(stored).toEqual(['0', '2', '3']);
  });

  it('sends nothing of the calls that wait behind a failure, and takes new ones', async () => {
    const failure = new ConnectError('THROTTLED', 'busy', { retriable: true });
    const stored: string[] = [];
    let failing = true;
    const lane = new SendLane(async (body) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (failing) throw failure;
      stored.push(...bodiesOf(body));
    });
    const [first, second, third] = await Promise.allSettled([
      lane.send(numbered(1), later),
      lane.send(numbered(2), later),
      lane.send(numbered(3), later),
    ]);
    expect(first).toMatchObject({ reason: failure });
    for (const behind of [second, third])
      expect(behind).toMatchObject({ reason: { code: 'INTERRUPTED', retriable: true, cause: failure } });
    failing = false;
    await lane.send(numbered(1, 'new'), later);
    expect(stored).toEqual(['new0']);
  });

  it('has nothing to do for no messages', async () => {
    const { lane, stored } = setUp();
    await lane.send([], later);
    expect(stored).toEqual([]);
  });
});
