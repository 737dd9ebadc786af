import { expect, it } from '@jest/globals';
import { lateAnswer } from '../../../src/rocketmq/late-answer.ts';
import type { Unanswered } from '../../../src/rocketmq/remoting/connection-error.ts';
import type { RemotingResponse } from '../../../src/rocketmq/remoting/frame.ts';

const PATIENCE_MS = 200;
const ANSWER: RemotingResponse = { code: 0, remark: '', fields: {}, body: Buffer.alloc(0) };

/** As a full collection of garbage, or a function that is frozen. */
const beBusy = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

it('an answer that came while this process was busy is taken, and its request is not sent again', async () => {
  const { promise: settled, resolve } = Promise.withResolvers<RemotingResponse | undefined>();
  let givenUp = 0;
  const unanswered = { settled, giveUp: () => (givenUp += 1) } as unknown as Unanswered;
  const signal = new AbortController().signal;
  const answer = lateAnswer(unanswered, { isAlive: async () => true, patienceMs: PATIENCE_MS, signal });
  await new Promise((next) => setImmediate(next));
  // As what a socket has received, it comes behind the timers that are due then.
  setImmediate(() => resolve(ANSWER));
  beBusy(2 * PATIENCE_MS);
  expect(await answer).toBe(ANSWER);
  expect(givenUp).toBe(1);
});

it('an answer that does not come is given up', async () => {
  const unanswered = { settled: new Promise(() => {}), giveUp: () => {} } as unknown as Unanswered;
  const signal = new AbortController().signal;
  expect(await lateAnswer(unanswered, { isAlive: async () => true, patienceMs: 20, signal })).toBeUndefined();
});
