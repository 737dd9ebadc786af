import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Position } from '../../../src/api/index.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { NOTHING_COUNTED, summary } from '../../contract/store/store-under-test.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { stackAddresses } from '../../support/stack.ts';

describe('partitions that a plan does not find any more', () => {
  let store: ConnectStore;
  let planner: FruitPlanner;
  let name: string;

  beforeAll(async () => {
    ({ store } = await openTestStore(await stackAddresses()));
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    planner = new FruitPlanner(store);
    name = uniqueName('fruit');
    planner.shows('apple', 'pear', 'plum');
    await planner.apply(name);
    await read({ apple: '10', pear: '20', plum: '30' });
  });

  /** As runs do. */
  async function read(places: Readonly<Record<string, Position>>): Promise<void> {
    for (const { task, planned } of await store.listTasks(name)) {
      const own = planned?.taskConfig.partitions.filter((partition) => partition in places) ?? [];
      const taken = await store.acquire({ connector: name, task }, 'run', Date.now() + 60_000);
      if (taken.outcome !== 'acquired') throw new Error(taken.outcome);
      const positions = new Map(own.map((partition) => [partition, places[partition] as string]));
      await store.release(taken.lease, { positions, summary: summary(), counted: NOTHING_COUNTED });
    }
  }

  const positions = async () =>
    Object.fromEntries((await store.listTasks(name)).flatMap((item) => [...item.positions]).toSorted(([a], [b]) => (a < b ? -1 : 1)));

  it('are not taken away by a plan that nobody watches', async () => {
    planner.shows('apple', 'cherry');
    await expect(planner.ask({ action: 'replan', connector: name })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: '2 partitions that are copied are not found any more: pear, plum; nothing was changed',
      remedy: expect.stringContaining('apply the file of the connector'),
    });
    expect(await positions()).toEqual({ apple: '10', pear: '20', plum: '30' });
  });

  it('are not taken away by any plan that finds nothing at all', async () => {
    planner.shows();
    await expect(planner.ask({ action: 'replan', connector: name })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(planner.apply(name)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('the plan in force has 3 partitions: apple, pear, plum'),
      remedy: expect.stringContaining(`rocketmq-connect delete ${name}`),
    });
    expect(await positions()).toEqual({ apple: '10', pear: '20', plum: '30' });
  });

  it('may go without a word when they are copied to their end', async () => {
    await read({ pear: 'done' });
    planner.shows('apple', 'plum');
    const { warnings } = await planner.ask({ action: 'replan', connector: name });
    expect(warnings).toEqual([]);
    expect(await positions()).toEqual({ apple: '10', plum: '30' });
  });

  it('are named by a plan that takes them away, and go on where they were when they come back', async () => {
    planner.shows('apple');
    const { warnings } = await planner.apply(name);
    expect(warnings).toMatchObject([{ level: 'warning', message: 'the plan takes 2 partitions away: pear, plum' }]);
    expect(await positions()).toEqual({ apple: '10' });
    planner.shows('apple', 'pear', 'plum');
    await planner.ask({ action: 'replan', connector: name });
    expect(await positions()).toEqual({ apple: '10', pear: '20', plum: '30' });
  });

  it('begin anew when they come back as others under the same name', async () => {
    planner.shows('apple', 'pear');
    await planner.apply(name);
    planner.partitions.set('plum', 'second');
    await planner.ask({ action: 'replan', connector: name });
    expect(await positions()).toEqual({ apple: '10', pear: '20' });
  });

  it('go on at the last place that was known, however often they went', async () => {
    for (const place of ['31', '32']) {
      await read({ plum: place });
      planner.shows('apple', 'pear');
      await planner.apply(name);
      planner.shows('apple', 'pear', 'plum');
      await planner.apply(name);
      expect(await positions()).toMatchObject({ plum: place });
    }
  });
});
