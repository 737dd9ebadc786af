import { expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import type { TaskDeps } from '../../../src/runtime/run/contracts.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import type { TaskEvent } from '../../../src/triggers/trigger.ts';

const MINUTE = 60_000;
const invocation = { deadline: Date.now() + MINUTE, owner: 'test', signal: new AbortController().signal };

/** Without a store: what comes too early must not ask for the lease. */
const deps = (fire: TaskDeps['continuation']['fire']) => ({ continuation: { fire }, logger: silentLogger }) as unknown as TaskDeps;

it('a start that came before its time is sent on as it was, and waits as long as a message can', async () => {
  const sent: Array<[TaskEvent, number | undefined]> = [];
  const fire = async (events: readonly TaskEvent[], options: { readonly delayMs?: number } = {}) =>
    void sent.push(...events.map((event): [TaskEvent, number | undefined] => [event, options.delayMs]));
  const event = { connector: 'orders', task: 3, startAt: Date.now() + 60 * MINUTE };
  expect(await runTask(event, deps(fire), invocation)).toEqual({ connector: 'orders', task: 3, outcome: 'not-before', continued: true });
  expect(sent).toEqual([[event, 15 * MINUTE]]);
});

it('a start that came before its time and can not be sent on is owed', async () => {
  const event = { connector: 'orders', task: 3, startAt: Date.now() + MINUTE };
  const outcome = await runTask(
    event,
    deps(() => Promise.reject(new Error('the queue is away'))),
    invocation,
  );
  expect(outcome).toMatchObject({ outcome: 'not-before', continued: false, owed: true });
});
