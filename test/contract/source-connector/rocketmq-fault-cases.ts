import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RocketmqSpec } from '../../../src/config/connector-spec.ts';
import { responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { RocketmqFront } from '../../support/rocketmq-front.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import type { Copy } from './copy.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const MESSAGES = 1_500;
const FAULT_AFTER = 300;
const steps = { maxInFlightBytes: 20_000, checkpointIntervalMs: 0 };

/** The way to RocketMQ's broker: through a network that fails, to a broker that refuses on demand. */
interface Way {
  readonly front: RocketmqFront;
  readonly proxy: TcpProxy;
}

interface Fault {
  readonly name: string;
  readonly begin: (way: Way) => void;
  /** Absent: it needs no end. Otherwise it keeps the run from copying everything, and ends after it. */
  readonly end?: (way: Way) => void;
}

const mend = ({ proxy }: Way) => proxy.mend();

const faults: readonly Fault[] = [
  { name: 'the connections to RocketMQ are cut', begin: ({ proxy }) => proxy.cut() },
  { name: 'the connections to RocketMQ are reset', begin: ({ proxy }) => proxy.reset() },
  { name: 'RocketMQ is unreachable for the rest of the run', begin: ({ proxy }) => proxy.refuse(), end: mend },
  { name: 'the connections to RocketMQ are half-open', begin: ({ proxy }) => proxy.set({ swallow: true }), end: mend },
  { name: "RocketMQ's answers are lost", begin: ({ proxy }) => proxy.set({ swallow: true }, 'answer'), end: mend },
  {
    name: 'RocketMQ throttles some batches',
    begin: ({ front }) => {
      let left = 6;
      front.refuse = () => (left-- > 0 ? responseCode.SYSTEM_BUSY : undefined);
    },
  },
  {
    name: 'RocketMQ throttles for the rest of the run',
    begin: ({ front }) => {
      front.refuse = () => responseCode.FLOW_CONTROL;
    },
    end: ({ front }) => {
      front.refuse = () => undefined;
    },
  },
];

/** Whatever RocketMQ does: the source keeps what RocketMQ does not have. */
export function rocketmqFaultCases(bench: () => Workbench): void {
  let way: Way;
  beforeAll(async () => {
    const { rocketmqNamesrv, rocketmqBroker } = bench().addresses;
    const front = await RocketmqFront.start(rocketmqNamesrv, rocketmqBroker);
    const proxy = await TcpProxy.start(front.address);
    front.brokerAddress = proxy.address;
    way = { front, proxy };
  });
  afterAll(async () => {
    await way?.proxy[Symbol.asyncDispose]();
    await way?.front[Symbol.asyncDispose]();
  });

  const onTheWay = (rocketmq: Partial<RocketmqSpec> = { requestTimeoutMs: 2_000 }) =>
    bench().copy({ messages: MESSAGES, batch: steps, rocketmq: { endpoints: way.front.address, ...rocketmq } });

  it.each(faults)('loses nothing when $name in mid-batch', async ({ begin, end }) => {
    const copy = await onTheWay();
    const { running, goOn } = await copy.hold(FAULT_AFTER, 2_000, { deadlineMs: 8_000 });
    expect(way.proxy.connections).toBeGreaterThan(0);
    begin(way);
    goOn();
    const { outcome, summary } = await running;
    await expectKept(copy);
    end?.(way);
    if (end !== undefined) expect(summary?.outcome).not.toBe('caught-up');
    if (outcome !== 'ran') expect(['UNREACHABLE', 'TIMEOUT', 'THROTTLED']).toContain(summary?.error?.code);
    await copy.settle();
    await expectComplete(copy);
  });

  it('copies all to a RocketMQ that is slow', async () => {
    // A request that is only late is sent again: no repeat may come of that.
    const copy = await onTheWay({});
    way.proxy.set({ latencyMs: 50, bytesPerSecond: 500_000 });
    try {
      expect(await copy.run()).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 2 * MESSAGES } });
    } finally {
      way.proxy.mend();
    }
    expect(await expectComplete(copy)).toBe(0);
  });

  it('keeps everything while the topic is not there, and copies it once it is', async () => {
    const copy = await bench().copy({ messages: MESSAGES });
    await bench().admin.deleteTopic(copy.name);
    expect(await copy.run()).toMatchObject({ outcome: 'failed', summary: { error: { code: 'NOT_FOUND' } } });
    await bench().admin.createTopic(copy.name, { queues: 4 });
    await expectKept(copy);
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });

  it('keeps everything while the topic may not be written, and copies it once it may', async () => {
    const copy = await bench().copy({ messages: MESSAGES });
    await bench().admin.createTopic(copy.name, { queues: 4, permission: 'read' });
    expect(await copy.run()).toMatchObject(forbidden);
    await expectKept(copy);
    await bench().admin.createTopic(copy.name, { queues: 4 });
    await resume(copy);
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });

  it('fails for good when RocketMQ refuses in mid-batch, and goes on when it is resumed', async () => {
    const copy = await onTheWay();
    const { running, goOn } = await copy.hold(FAULT_AFTER, 2_000);
    way.front.refuse = () => responseCode.NO_PERMISSION;
    goOn();
    expect(await running).toMatchObject(forbidden);
    way.front.refuse = () => undefined;
    await expectKept(copy);
    expect((await copy.run()).outcome).toBe('failed-before');
    await resume(copy);
    await copy.settle();
    await expectComplete(copy);
  });

  const forbidden = { outcome: 'failed', continued: false, summary: { error: { code: 'FORBIDDEN' } } };
  const resume = ({ name }: Copy) => createPlanner(bench().runtime.plannerDeps).handle({ action: 'resume', connector: name });
}

/** What a queue system no longer holds has arrived. */
async function expectKept(copy: Copy): Promise<void> {
  if (copy.source.pending === undefined) return;
  const arrivals = [...(await copy.arrivals()).values()];
  const arrived = arrivals.reduce((sum, messages) => sum + new Set(messages.map(({ number }) => number)).size, 0);
  expect(await copy.pending()).toBeGreaterThanOrEqual(2 * MESSAGES - arrived);
}
