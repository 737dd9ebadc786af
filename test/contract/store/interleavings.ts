import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ConnectStore, Lease } from '../../../src/store/store.ts';
import { connectorSpec } from '../../support/specs.ts';
import { freshName, MINUTE, positions, result, type StoreUnderTest, staged } from './store-under-test.ts';
import { type ModelPlan, type ModelRun, TaskModel } from './task-model.ts';

const spec = connectorSpec();
const at = (position: number) => positions({ p: String(position) });

/** A run or a plan that may stop for any time between two of its calls, as a frozen or slow process does. */
interface Actors {
  readonly plans: Array<ModelPlan & { read?: number; flipped?: boolean }>;
  readonly runs: Array<ModelRun & { lease: Lease; position: number }>;
}

const minutes = fc.integer({ min: 1, max: 10 }).map((n) => n * MINUTE);

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('acquire' as const), for: minutes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('begin' as const), for: minutes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), for: minutes }) },
  // `who`: the newest, the one before it, and so on.
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'fence' as const,
        'fence and stage' as const,
        'stage' as const,
        'flip' as const,
        'promote' as const,
        'checkpoint' as const,
        'release' as const,
      ),
      who: fc.integer({ min: 0, max: 2 }),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const FIRST_PLAN: readonly Step[] = [
  { do: 'begin', for: MINUTE },
  { do: 'stage', who: 0 },
  { do: 'flip', who: 0 },
  { do: 'promote', who: 0 },
];

/** What the call came to: its answer, or the code that it was refused with. */
async function outcome<T>(call: () => T | Promise<T>): Promise<T | { refused: string }> {
  try {
    return await call();
  } catch (error) {
    return { refused: (error as { code: string }).code };
  }
}

async function both<T>(model: () => T, real: () => Promise<T>): Promise<T | { refused: string }> {
  const expected = await outcome(model);
  expect(await outcome(real)).toEqual(expected);
  return expected;
}

async function take(
  next: Step,
  model: TaskModel,
  store: ConnectStore,
  ref: { connector: string; task: number },
  actors: Actors,
): Promise<void> {
  if (next.do === 'wait') model.now += next.for;
  else if (next.do === 'begin') {
    const generation = model.beginPlan();
    expect(await store.beginPlan(ref.connector, spec)).toBe(generation);
    actors.plans.unshift({ generation, until: model.now + next.for });
  } else if (next.do === 'acquire') {
    const run = { owner: 'host 1', until: model.now + next.for };
    const answer = await store.acquire(ref, run.owner, run.until);
    const position = model.task?.position ?? 0;
    if (answer.outcome === 'acquired') {
      const held = { ...run, lease: answer.lease, position };
      actors.runs.unshift(held);
      expect('acquired').toBe(model.acquire(held));
    } else expect(answer.outcome).toBe(model.acquire(run));
  } else if (next.do === 'checkpoint' || next.do === 'release') {
    const run = actors.runs[next.who];
    if (run === undefined) return;
    run.position += 1;
    const { lease, position } = run;
    if (next.do === 'checkpoint') {
      await both(
        () => model.checkpoint(run, position),
        () => store.checkpoint(lease, at(position)),
      );
    } else {
      await both(
        () => model.release(run, position),
        () => store.release(lease, result({ positions: at(position) })),
      );
      actors.runs.splice(next.who, 1);
    }
  } else {
    const plan = actors.plans[next.who];
    if (plan !== undefined) await takePlanStep(next.do, plan, model, store, ref);
  }
}

async function takePlanStep(
  what: 'fence' | 'fence and stage' | 'stage' | 'flip' | 'promote',
  plan: Actors['plans'][number],
  model: TaskModel,
  store: ConnectStore,
  ref: { connector: string; task: number },
): Promise<void> {
  const { generation, until } = plan;
  if (what === 'fence') {
    const read = await both(
      () => model.fence(plan),
      async () => Number((await store.fence(ref, generation, until)).positions.get('p') ?? 0),
    );
    if (typeof read === 'number') plan.read = read;
  } else if (what === 'fence and stage') {
    const { positions: _, ...inPlace } = staged(generation, { p: '' });
    const read = await both(
      () => model.fence(plan, true),
      async () => Number((await store.fence(ref, generation, until, inPlace)).positions.get('p') ?? 0),
    );
    if (typeof read === 'number') plan.read = read;
  } else if (what === 'stage') {
    const position = plan.read ?? 0;
    await both(
      () => model.stage(plan, position),
      () => store.stage(ref, staged(generation, { p: String(position) }), until),
    );
  } else if (what === 'flip') {
    await both(
      () => model.flip(plan),
      async () => void (await store.flip(ref.connector, { generation, spec, tasks: 1, until })),
    );
    plan.flipped = model.inForce === generation;
  } else if (plan.flipped) {
    await both(
      () => model.promote(plan),
      async () => void (await store.promote(ref, generation)),
    );
  }
}

export function interleavings(backend: StoreUnderTest): void {
  describe('runs and plans, in any order and with any pauses', () => {
    it('do to a task what the model says, and positions go back only with a plan', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 50 }), async (steps) => {
          const model = new TaskModel();
          const store = backend.open(() => model.now);
          const ref = { connector: freshName(), task: 0 };
          const actors: Actors = { plans: [], runs: [] };
          try {
            for (const next of [...FIRST_PLAN, ...steps]) {
              const before = model.task?.position ?? 0;
              await take(next, model, store, ref, actors);
              if (next.do !== 'promote') expect(model.task?.position ?? 0).toBeGreaterThanOrEqual(before);
            }
            const [item] = await store.listTasks(ref.connector);
            expect(item && { position: Number(item.positions.get('p') ?? 0), generation: item.generation, rerun: item.rerun }).toEqual(
              model.task && { position: model.task.position, generation: model.task.generation, rerun: model.task.rerun },
            );
          } finally {
            store.close();
          }
        }),
        { numRuns: 40 },
      );
    }, 600_000);
  });
}
