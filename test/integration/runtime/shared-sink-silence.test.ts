import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TaskDeps } from '../../../src/runtime/run/contracts.ts';
import { sharedSink } from '../../support/sink/shared-sink.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TcpProxy, type Weather } from '../../support/tcp-proxy.ts';

jest.setTimeout(900_000);

const COUNT = 20;
/** There and back it takes longer than a run listens for nothing where all is quick. */
const SLOW = { latencyMs: 300 };
const DEADLINE_MS = 300_000;

describe('a sink whose tasks share queues, before a RocketMQ that says nothing for a while', () => {
  let lab: SinkLab;
  let network: TcpProxy;
  beforeAll(async () => {
    lab = await SinkLab.open();
    network = await TcpProxy.start((await stackAddresses()).rocketmqClusterGrpc);
  });
  afterEach(() => network.mend());
  afterAll(async () => {
    await network[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  });

  /** The network becomes like this once a run has opened its queues. */
  const later = (sink: LabSink, weather: Weather): Partial<TaskDeps> => ({
    loadQueues: async () => {
      const module = await sink.deps.loadQueues();
      const openShared: typeof module.openShared = async (...args) => {
        const queues = await module.openShared(...args);
        network.set(weather);
        return queues;
      };
      return { ...module, openShared };
    },
  });

  async function filled(requestTimeoutMs: number): Promise<LabSink> {
    const sink = await sharedSink(lab, { queues: 1, endpoints: network.address });
    await sink.apply({ rocketmq: { ...sink.spec.rocketmq, requestTimeoutMs } });
    await sink.fill(0, COUNT);
    return sink;
  }

  it('copies what is there, however slow RocketMQ has become', async () => {
    const sink = await filled(60_000);
    const { outcome, records, lagRecords } = await sink.run({ deps: later(sink, SLOW), deadlineMs: DEADLINE_MS });
    expect({ outcome, records, lagRecords }).toEqual({ outcome: 'caught-up', records: COUNT, lagRecords: 0 });
  });

  it('fails where RocketMQ has fallen silent, and does not say that it is caught up', async () => {
    const sink = await filled(1_000);
    const { outcome, records, lagRecords, error } = await sink.run({ deps: later(sink, { swallow: true }), deadlineMs: DEADLINE_MS });
    expect({ outcome, records, lagRecords }).toEqual({ outcome: 'failed', records: 0, lagRecords: undefined });
    expect(error).toMatchObject({ code: 'TIMEOUT', message: expect.stringMatching(/^rocketmq.endpoints: /) });
  });
});
