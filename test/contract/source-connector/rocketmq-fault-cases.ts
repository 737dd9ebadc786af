import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { RocketmqSpec } from '../../../src/config/connector-spec.ts';
import { responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { networkFaults } from '../../support/network-faults.ts';
import { RocketmqWay, type Way } from '../../support/rocketmq-way.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { SourceHarness } from '../harness/source-harness.ts';
import { ENDLESS_MS, endsWhereverItStandsStill, planPatiently } from '../standstill.ts';
import type { Copy } from './copy.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const MESSAGES = 1_500;
const FAULT_AFTER = 300;
/** A message takes more, with its key and its headers. */
const LEAST_BYTES = 60;
/** A request with messages takes more, and what a client says without being asked takes less. */
const LOST_BYTES = 1_000;
/** So long a run is in the fault, at least: on a busy machine its time would be over before, and nothing would be shown. */
const LEFT_MS = 5_000;
/** Each answer is one piece then. */
const FEW = 20;
/** A run waits ten times as long for a proxy that says nothing. */
const HASTY_MS = 1_500;
const steps = { maxInFlightBytes: 20_000, checkpointIntervalMs: 0 };

interface Fault<W> {
  readonly name: string;
  /** It begins when requests are on their way, which never arrive. Default: before the next request. */
  readonly loses?: true;
  readonly begin: (way: W) => void;
  /** Absent: it needs no end. Otherwise it keeps the run from copying everything, and ends after it. */
  readonly end?: (way: W) => void;
}

const ofNetwork: ReadonlyArray<Fault<Way>> = networkFaults('RocketMQ').map(({ name, begin, end }) => ({
  name,
  begin: ({ proxy }) => begin(proxy),
  ...(end !== undefined && { end: ({ proxy }: Way) => end(proxy) }),
}));

const ofRequests: ReadonlyArray<Fault<Way>> = [
  { name: 'the connections to RocketMQ are cut while requests are on their way', loses: true, begin: ({ proxy }) => proxy.cut() },
  { name: 'the connections to RocketMQ are reset while requests are on their way', loses: true, begin: ({ proxy }) => proxy.reset() },
];

const ofBroker: ReadonlyArray<Fault<RocketmqWay>> = [
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
export function rocketmqFaultCases(bench: () => Workbench, addCase: AddCase, { overGrpc }: SourceHarness): void {
  const nameOf = ({ name }: { readonly name: string }) => `loses nothing when ${name} in mid-batch`;
  for (const fault of ofNetwork) addCase(nameOf(fault), () => survives(bench(), fault, bench().topics.openWay()));
  if (overGrpc !== undefined)
    for (const fault of ofRequests) addCase(nameOf(fault), () => survives(bench(), fault, bench().topics.openWay()));
  // Over remoting a run waits for a broker that stands still until its deadline: what it sent may be stored late.
  if (overGrpc !== undefined)
    addCase('ends with a named error wherever RocketMQ stands still', async () => {
      await using ways = new AsyncDisposableStack();
      await endsWhereverItStandsStill(async () => standstill(bench(), ways.use(await bench().topics.openWay())));
    });
  // A proxy does not throttle on demand: what comes of it over gRPC is asked of the producer alone, with answers that a test scripts.
  if (overGrpc === undefined)
    for (const fault of ofBroker) addCase(nameOf(fault), () => survives(bench(), fault, RocketmqWay.open(bench().addresses)));
  addCase('copies all to a RocketMQ that is slow', () => copiesSlowly(bench()));
  addCase('keeps everything while the topic is not there, and copies it once it is', () => waitsForTopic(bench()));
  addCase('keeps everything while the topic may not be written, and copies it once it may', () => waitsForPermission(bench()));
  addCase('fails for good when RocketMQ refuses in mid-batch, and goes on when it is resumed', () => failsForGood(bench()));
}

async function survives<W extends Way>(bench: Workbench, { begin, end, loses }: Fault<W>, opening: Promise<W>): Promise<void> {
  await using way = await opening;
  const copy = await onTheWay(bench, way);
  const { running, goOn } = await copy.hold(FAULT_AFTER, 2_000, { deadlineMs: 8_000, leftMs: LEFT_MS });
  expect(way.proxy.connections).toBeGreaterThan(0);
  // Messages take the way that fails, and not only the questions before them.
  expect(way.proxy.carried.request).toBeGreaterThan(FAULT_AFTER * LEAST_BYTES);
  if (loses) {
    way.proxy.set({ swallow: true });
    goOn();
    await lostOn(way, running);
    begin(way);
    way.proxy.set({});
  } else {
    begin(way);
    goOn();
  }
  const { outcome, summary } = await running;
  await expectKept(copy);
  end?.(way);
  if (end !== undefined) expect(summary?.outcome).not.toBe('caught-up');
  if (outcome !== 'ran') expect(['UNREACHABLE', 'TIMEOUT', 'THROTTLED']).toContain(summary?.error?.code);
  await copy.settle();
  await expectComplete(copy);
}

async function standstill(bench: Workbench, { address, proxy }: Way) {
  const copy = await bench.copy({ messages: FEW, batch: steps });
  await planPatiently(() => copy.applyRocketmq({ endpoints: address, requestTimeoutMs: HASTY_MS }));
  const run = () => copy.run({ deadlineMs: ENDLESS_MS });
  return { proxy, run, settle: () => copy.settle(), expectComplete: () => expectComplete(copy) };
}

/** Resolves once a request was lost. */
async function lostOn({ proxy }: Way, running: Promise<TaskOutcome>): Promise<void> {
  let ended: TaskOutcome | undefined;
  void running.then((outcome) => {
    ended = outcome;
  });
  for (; proxy.swallowed.request < LOST_BYTES; await sleep(5))
    if (ended !== undefined) throw new Error(`the run ended before a request was lost: ${JSON.stringify(ended)}`);
}

async function copiesSlowly(bench: Workbench): Promise<void> {
  await using way = await bench.topics.openWay();
  // A request that is only late is sent again: no repeat may come of that.
  const copy = await onTheWay(bench, way, {});
  way.proxy.set({ latencyMs: 50, bytesPerSecond: 500_000 });
  expect(await copy.run()).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 2 * MESSAGES } });
  expect(await expectComplete(copy)).toBe(0);
}

async function waitsForTopic(bench: Workbench): Promise<void> {
  const copy = await bench.copy({ messages: MESSAGES });
  await bench.topics.delete(copy.name);
  expect(await copy.run()).toMatchObject({ outcome: 'failed', summary: { error: { code: 'NOT_FOUND' } } });
  await bench.topics.create(copy.name, { queues: 4 });
  await expectKept(copy);
  await copy.settle();
  expect(await expectComplete(copy)).toBe(0);
}

async function waitsForPermission(bench: Workbench): Promise<void> {
  const copy = await bench.copy({ messages: MESSAGES });
  await bench.topics.create(copy.name, { queues: 4, permission: 'read' });
  expect(await copy.run()).toMatchObject(forbidden);
  await expectKept(copy);
  await bench.topics.create(copy.name, { queues: 4 });
  await resume(bench, copy);
  await copy.settle();
  expect(await expectComplete(copy)).toBe(0);
}

async function failsForGood(bench: Workbench): Promise<void> {
  await using way = await bench.topics.openWay();
  const copy = await onTheWay(bench, way);
  const { running, goOn } = await copy.hold(FAULT_AFTER, 2_000);
  await way.forbid(copy.name);
  goOn();
  expect(await running).toMatchObject(forbidden);
  await way.permit(copy.name);
  await expectKept(copy);
  expect((await copy.run()).outcome).toBe('failed-before');
  await resume(bench, copy);
  await copy.settle();
  await expectComplete(copy);
}

const onTheWay = (bench: Workbench, { address }: Way, rocketmq: Partial<RocketmqSpec> = { requestTimeoutMs: 2_000 }): Promise<Copy> =>
  bench.copy({ messages: MESSAGES, batch: steps, rocketmq: { endpoints: address, ...rocketmq } });

const forbidden = { outcome: 'failed', continued: false, summary: { error: { code: 'FORBIDDEN' } } };
const resume = (bench: Workbench, { name }: Copy) => createPlanner(bench.runtime.plannerDeps).handle({ action: 'resume', connector: name });

/** What a queue system no longer holds has arrived. */
async function expectKept(copy: Copy): Promise<void> {
  if (copy.source.pending === undefined) return;
  const arrivals = [...(await copy.arrivals()).values()];
  const arrived = arrivals.reduce((sum, messages) => sum + new Set(messages.map(({ number }) => number)).size, 0);
  expect(await copy.pending()).toBeGreaterThanOrEqual(2 * MESSAGES - arrived);
}
