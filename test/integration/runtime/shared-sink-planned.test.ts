import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import type { OffsetsResult } from '../../../src/runtime/planner-api.ts';
import { pendingPartitions } from '../../../src/runtime/watch/pending-partitions.ts';
import { uniqueName } from '../../support/names.ts';
import { sharedSink } from '../../support/sink/shared-sink.ts';
import { SinkLab } from '../../support/sink/sink-lab.ts';
import { stackAddresses } from '../../support/stack.ts';

jest.setTimeout(900_000);

/** A busy proxy takes seconds for its first answers. */
const PATIENT_MS = 30_000;

describe('the plan of a sink whose tasks share queues', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const wrong: ReadonlyArray<readonly [string, () => Promise<Partial<ConnectorSpec['rocketmq']>>, RegExp, RegExp]> = [
    [
      'a group that is not there',
      async () => ({ group: 'missing-group' }),
      /^rocketmq.group: RocketMQ has no consumer group/,
      /updateSubGroup/,
    ],
    ['a topic that is not there', async () => ({ topic: uniqueName('missing') }), /^rocketmq.topic: RocketMQ has no topic/, /updateTopic/],
    [
      'the port of a name server',
      async () => ({ endpoints: (await stackAddresses()).rocketmqNamesrv }),
      /^rocketmq.endpoints: .* does not answer in gRPC, which rocketmq.protocol names/,
      /gRPC port \(8081\) in rocketmq.endpoints, or set rocketmq.protocol to remoting/,
    ],
    [
      'a port where nobody listens',
      async () => ({ endpoints: '127.0.0.1:1' }),
      /^rocketmq.endpoints: no connection to 127.0.0.1:1/,
      /listens/,
    ],
  ];

  it.each(wrong)('is refused for %s, with the option and the remedy', async (_, change, message, remedy) => {
    const sink = await sharedSink(lab);
    const { rocketmq } = sink.spec;
    const changed = { ...rocketmq, ...(await change()) };
    await expect(sink.apply({ rocketmq: changed })).rejects.toMatchObject({
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('has a worker for each task, and takes and adds workers without a word', async () => {
    const sink = await sharedSink(lab, { queues: 1, tasks: 3 });
    await sink.apply();
    const fewer = await sink.apply({ maxTasks: 2 });
    expect(fewer.warnings).toEqual([]);
    expect(fewer.tasks.map(({ task, change }) => [task, change])).toEqual([
      [0, 'keep'],
      [1, 'keep'],
      [2, 'delete'],
    ]);
    const status = await sink.status();
    expect(status.taskStatus.map(({ partitions, positions }) => [partitions, positions])).toEqual([
      [['worker-0'], {}],
      [['worker-1'], {}],
    ]);
  });

  it('has no positions to show or to set', async () => {
    const sink = await sharedSink(lab, { queues: 1 });
    await sink.apply();
    const offsets = await sink.ask<OffsetsResult>({ action: 'offsets', connector: sink.spec.name, lag: true });
    expect(offsets).toMatchObject({ offsets: [{ partition: 'worker-0', task: 0 }], lagUnknown: 'the system does not tell' });
    const alter = sink.ask({ action: 'alter-offsets', connector: sink.spec.name, offsets: { 'worker-0': '5' } });
    await expect(alter).rejects.toMatchObject({ code: 'WRONG_STATE', remedy: expect.stringContaining('resetOffsetByTime') });
  });

  it('starts all tasks, because RocketMQ does not tell what waits', async () => {
    const sink = await sharedSink(lab, { queues: 1 });
    const { taskDeps, plannerDeps } = lab.runtime;
    const asked = { spec: sink.spec, split: [{ partitions: ['worker-0'] }], positions: new Map() };
    const found = await pendingPartitions(asked, { ...plannerDeps, ...taskDeps }, AbortSignal.timeout(PATIENT_MS));
    expect(found).toEqual({ unknown: 'the system does not tell', untold: true });
  });
});
