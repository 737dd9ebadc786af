import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { OffsetsResult, PlannerRequest } from '../../../src/runtime/planner-api.ts';
import { pendingPartitions } from '../../../src/runtime/watch/pending-partitions.ts';
import { letterTopic, sharedSink } from '../../support/sink/shared-sink.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

jest.setTimeout(900_000);

const PLACE = 'broker-a:0@0';
const READS_NO_OFFSETS = {
  code: 'WRONG_STATE',
  message: 'rocketmq.protocol: over gRPC, RocketMQ lets nobody read a topic by its offsets',
  remedy: expect.stringMatching(/`rocketmq-connect peek TOPIC --endpoints HOST:9876`.*rocketmq.protocol is remoting/),
};

describe('what needs positions, of a sink whose tasks share queues', () => {
  let lab: SinkLab;
  let sink: LabSink;
  beforeAll(async () => {
    lab = await SinkLab.open();
    const deadLetterTopic = await letterTopic(lab);
    sink = await sharedSink(lab, { queues: 1 });
    await sink.apply({ errors: { ...sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const requests: ReadonlyArray<readonly [string, (connector: string) => PlannerRequest]> = [
    ['peek', (connector) => ({ action: 'peek', connector, from: 'end', limit: 10 })],
    ['dlq list', (connector) => ({ action: 'dead-letters', connector })],
    ['dlq show', (connector) => ({ action: 'dead-letter', connector, place: PLACE })],
    ['dlq redrive', (connector) => ({ action: 'redrive', connector, places: [PLACE], cursor: {} })],
    ['dlq drop', (connector) => ({ action: 'drop', connector, places: [PLACE], cursor: {} })],
  ];

  it.each(requests)('is refused by `%s`, with the option and another way', async (_, request) => {
    await expect(sink.ask(request(sink.spec.name))).rejects.toMatchObject(READS_NO_OFFSETS);
  });

  it.each([
    ['alter', { 'worker-0': '5' }],
    ['reset', undefined],
  ])('is refused by `offsets %s`, with the command that moves the group', async (_, offsets) => {
    const { name } = sink.spec;
    const asked = sink.ask({ action: 'alter-offsets', connector: name, ...(offsets && { offsets }) });
    await expect(asked).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: `the tasks of ${name} share queues, and only RocketMQ knows where consumer group ${sink.topic} is`,
      remedy: `reset the group: mqadmin resetOffsetByTime -n <name server> -g ${sink.topic} -t <topic> -s <time>`,
    });
  });

  it('is refused by `snapshot`, as by each sink', async () => {
    const { name } = sink.spec;
    await expect(sink.ask({ action: 'snapshot', connector: name, tables: ['shop.orders'] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `connector ${name} is a scripted-sink, which has no tables to read again`,
    });
  });

  it('is unknown to `offsets get --lag`, which names the command that knows it', async () => {
    const offsets = await sink.ask<OffsetsResult>({ action: 'offsets', connector: sink.spec.name, lag: true });
    expect(offsets).toMatchObject({
      offsets: [{ partition: 'worker-0', task: 0 }],
      lagUnknown: `RocketMQ does not tell over gRPC how far consumer group ${sink.topic} is; \`mqadmin consumerProgress -g ${sink.topic}\` does`,
    });
    expect(offsets.offsets[0]).not.toHaveProperty('position');
  });

  it('is unknown to `status` until a run has found nothing more', async () => {
    const before = await sink.status();
    expect(before.taskStatus[0]?.lastRun?.lagRecords).toBeUndefined();
    await sink.run();
    const after = await sink.status();
    expect(after.taskStatus[0]?.lastRun).toMatchObject({ outcome: 'caught-up', lagRecords: 0 });
  });

  it('is unknown to a look, which starts all tasks', async () => {
    const { taskDeps, plannerDeps } = lab.runtime;
    const asked = { spec: sink.spec, split: [{ partitions: ['worker-0'] }], positions: new Map() };
    const found = await pendingPartitions(asked, { ...plannerDeps, ...taskDeps }, new AbortController().signal);
    expect(found).toEqual({ unknown: expect.stringMatching(/^RocketMQ does not tell over gRPC/), untold: true });
  });
});
