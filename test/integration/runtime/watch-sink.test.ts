import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { offsetsOf } from '../../../src/runtime/planner/offsets.ts';
import { pendingPartitions } from '../../../src/runtime/watch/pending-partitions.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

let lab: SinkLab;
beforeAll(async () => {
  lab = await SinkLab.open();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** What a look at the sink finds pending. */
async function pending(sink: LabSink, spec = sink.spec): Promise<readonly string[] | string> {
  const { store, plannerDeps, taskDeps } = lab.runtime;
  const items = await store.listTasks(sink.spec.name);
  const split = items.flatMap(({ planned }) => planned?.taskConfig ?? []);
  const positions = new Map(items.flatMap((item) => [...item.positions]));
  const found = await pendingPartitions({ spec, split, positions }, { ...plannerDeps, ...taskDeps }, new AbortController().signal);
  return 'unknown' in found ? found.unknown : [...found.partitions.keys()].toSorted();
}

it('the queues of a sink are pending where they go on behind their positions, and empty ones never were', async () => {
  const sink = await lab.sink({ queues: 3 });
  await sink.fill(0, 5);
  await sink.fill(2, 5);
  await sink.apply();
  expect(await pending(sink)).toEqual([sink.queue(0), sink.queue(2)]);
  await sink.run();
  expect(await pending(sink)).toEqual([]);
  await sink.fill(1, 1);
  expect(await pending(sink)).toEqual([sink.queue(1)]);
  const { offsets } = await offsetsOf(sink.spec.name, lab.runtime.plannerDeps, true);
  expect(offsets.map(({ partition, lag }) => [partition, lag])).toEqual([0, 1, 0].map((lag, queue) => [sink.queue(queue), lag]));
});

it('a queue of a sink that follows resets is pending once somebody has reset its group', async () => {
  const sink = await lab.sink({ queues: 2 });
  sink.spec = { ...sink.spec, rocketmq: { ...sink.spec.rocketmq, followResets: true } };
  await sink.apply();
  await sink.fill(0, 5);
  await sink.run();
  expect(await pending(sink)).toEqual([]);
  await lab.topics.admin.resetOffset(`connect-${sink.spec.name}`, sink.topic, 0, 2);
  expect(await pending(sink)).toEqual([sink.queue(0)]);
  expect(await sink.run()).toMatchObject({ records: 3 });
  expect(await pending(sink)).toEqual([]);
});

it('it is not known what is pending of a sink where RocketMQ does not answer', async () => {
  const sink = await lab.sink({ queues: 1 });
  await sink.apply();
  const rocketmq = { ...sink.spec.rocketmq, endpoints: '127.0.0.1:1' };
  expect(await pending(sink, { ...sink.spec, rocketmq })).toMatch(/127\.0\.0\.1:1/);
});
