import { expect } from '@jest/globals';
import type { RocketmqSpec } from '../../../src/config/connector-spec.ts';
import { responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import { networkFaults } from '../../support/network-faults.ts';
import { RocketmqWay } from '../../support/rocketmq-way.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { Copy } from './copy.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const MESSAGES = 1_500;
const FAULT_AFTER = 300;
const steps = { maxInFlightBytes: 20_000, checkpointIntervalMs: 0 };

interface Fault {
  readonly name: string;
  readonly begin: (way: RocketmqWay) => void;
  /** Absent: it needs no end. Otherwise it keeps the run from copying everything, and ends after it. */
  readonly end?: (way: RocketmqWay) => void;
}

const faults: readonly Fault[] = [
  ...networkFaults('RocketMQ').map(({ name, begin, end }) => ({
    name,
    begin: ({ proxy }: RocketmqWay) => begin(proxy),
    ...(end !== undefined && { end: ({ proxy }: RocketmqWay) => end(proxy) }),
  })),
  {
    name: 'RocketMQ throttles for the rest of the run',
    begin: ({ front }) => {
      front.refuse = () => responseCode.FLOW_CONTROL;
    },
    end: ({ front }) => {
      front.refuse = () => undefined;
    },
  },
  {
    name: 'RocketMQ throttles some batches',
    begin: ({ front }) => {
      let left = 6;
      front.refuse = () => (left-- > 0 ? responseCode.SYSTEM_BUSY : undefined);
    },
  },
];

/** Whatever RocketMQ does: the source keeps what RocketMQ does not have. */
export function rocketmqFaultCases(bench: () => Workbench, addCase: AddCase): void {
  for (const fault of faults) addCase(`loses nothing when ${fault.name} in mid-batch`, () => survives(bench(), fault));
  addCase('copies all to a RocketMQ that is slow', () => copiesSlowly(bench()));
  addCase('keeps everything while the topic is not there, and copies it once it is', () => waitsForTopic(bench()));
  addCase('keeps everything while the topic may not be written, and copies it once it may', () => waitsForPermission(bench()));
  addCase('fails for good when RocketMQ refuses in mid-batch, and goes on when it is resumed', () => failsForGood(bench()));
}

async function survives(bench: Workbench, { begin, end }: Fault): Promise<void> {
  await using way = await RocketmqWay.open(bench.addresses);
  const copy = await onTheWay(bench, way);
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
}

async function copiesSlowly(bench: Workbench): Promise<void> {
  await using way = await RocketmqWay.open(bench.addresses);
  // A request that is only late is sent again: no repeat may come of that.
  const copy = await onTheWay(bench, way, {});
  way.proxy.set({ latencyMs: 50, bytesPerSecond: 500_000 });
  expect(await copy.run()).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 2 * MESSAGES } });
  expect(await expectComplete(copy)).toBe(0);
}

async function waitsForTopic(bench: Workbench): Promise<void> {
  const copy = await bench.copy({ messages: MESSAGES });
  await bench.admin.deleteTopic(copy.name);
  expect(await copy.run()).toMatchObject({ outcome: 'failed', summary: { error: { code: 'NOT_FOUND' } } });
  await bench.admin.createTopic(copy.name, { queues: 4 });
  await expectKept(copy);
  await copy.settle();
  expect(await expectComplete(copy)).toBe(0);
}

async function waitsForPermission(bench: Workbench): Promise<void> {
  const copy = await bench.copy({ messages: MESSAGES });
  await bench.admin.createTopic(copy.name, { queues: 4, permission: 'read' });
  expect(await copy.run()).toMatchObject(forbidden);
  await expectKept(copy);
  await bench.admin.createTopic(copy.name, { queues: 4 });
  await resume(bench, copy);
  await copy.settle();
  expect(await expectComplete(copy)).toBe(0);
}

async function failsForGood(bench: Workbench): Promise<void> {
  await using way = await RocketmqWay.open(bench.addresses);
  const copy = await onTheWay(bench, way);
  const { running, goOn } = await copy.hold(FAULT_AFTER, 2_000);
  way.front.refuse = () => responseCode.NO_PERMISSION;
  goOn();
  expect(await running).toMatchObject(forbidden);
  way.front.refuse = () => undefined;
  await expectKept(copy);
  expect((await copy.run()).outcome).toBe('failed-before');
  await resume(bench, copy);
  await copy.settle();
  await expectComplete(copy);
}

const onTheWay = (bench: Workbench, { front }: RocketmqWay, rocketmq: Partial<RocketmqSpec> = { requestTimeoutMs: 2_000 }): Promise<Copy> =>
  bench.copy({ messages: MESSAGES, batch: steps, rocketmq: { endpoints: front.address, ...rocketmq } });

const forbidden = { outcome: 'failed', continued: false, summary: { error: { code: 'FORBIDDEN' } } };
const resume = (bench: Workbench, { name }: Copy) => createPlanner(bench.runtime.plannerDeps).handle({ action: 'resume', connector: name });

/** What a queue system no longer holds has arrived. */
async function expectKept(copy: Copy): Promise<void> {
  if (copy.source.pending === undefined) return;
  const arrivals = [...(await copy.arrivals()).values()];
  const arrived = arrivals.reduce((sum, messages) => sum + new Set(messages.map(({ number }) => number)).size, 0);
  expect(await copy.pending()).toBeGreaterThanOrEqual(2 * MESSAGES - arrived);
}
