import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runUntil, sharedSink } from '../../support/sink/shared-sink.ts';
import { SinkLab } from '../../support/sink/sink-lab.ts';

jest.setTimeout(600_000);

const COUNT = 200;

describe('a sink whose tasks share the queues of its topic', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('copies all with more tasks than queues, and acknowledges it', async () => {
    const sink = await sharedSink(lab, { queues: 2, tasks: 3 });
    const plan = await sink.apply();
    expect(plan.tasks.map(({ partitions }) => partitions)).toEqual([['worker-0'], ['worker-1'], ['worker-2']]);
    await sink.fill(0, COUNT);
    await sink.fill(1, COUNT);

    const all = () => new Set(sink.target.values).size === 2 * COUNT;
    const runs = await runUntil(sink, all);
    expect(runs.flatMap(({ error, notices }) => [error, ...(notices ?? [])]).filter((each) => each !== undefined)).toEqual([]);
    const count = sink.target.written.length;
    // Nothing is left, also of what others hold.
    const [{ outcome, records, lagRecords }] = [await sink.run()];
    expect({ outcome, records, lagRecords }).toEqual({ outcome: 'caught-up', records: 0, lagRecords: 0 });
    expect(sink.target.written).toHaveLength(count);
  });
});
