import { expect } from '@jest/globals';
import { type NetworkFault, networkFaults } from '../../support/network-faults.ts';
import type { Way } from '../../support/rocketmq-way.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { Weather } from '../../support/tcp-proxy.ts';
import { ENDLESS_MS, endsWhereverItStandsStill, planPatiently } from '../standstill.ts';
import { largeCopy, underWay } from './copy-under-way.ts';
import type { CopyOptions, SinkBench } from './sink-bench.ts';
import type { SinkCopy } from './sink-copy.ts';

const PATIENCE_MS = 2_000;
/** What a run held that RocketMQ did not hear of any more comes again after this. A proxy takes no shorter one. */
const INVISIBLE_MS = 10_000;
/** Records that are written take more. */
const LEAST_BYTES = 8_000;
/** Each answer is one piece then. */
const FEW = 20;
const SLOW: Weather = { latencyMs: 50, bytesPerSecond: 500_000 };

/** Whatever becomes of RocketMQ or the way to it while a sink reads: the run ends with a named error or goes on, and no message is lost. */
export function rocketmqFaultCases(bench: () => SinkBench, addCase: AddCase): void {
  for (const fault of networkFaults('RocketMQ')) addCase(`loses nothing when ${fault.name} in the middle`, () => survives(bench(), fault));
  addCase('ends with a named error wherever RocketMQ stands still', async () => {
    await using ways = new AsyncDisposableStack();
    await endsWhereverItStandsStill(async () => standstill(bench(), ways.use(await bench().openWay())));
  });
  addCase('copies all from a RocketMQ that is 100 ms away', () => copiesThrough(bench(), { latencyMs: 100 }));
  // What is asked for at once takes longer than a request may.
  addCase('copies all over a network that is slow', () => copiesThrough(bench(), SLOW, 1_000));
}

async function survives(bench: SinkBench, { begin, end }: NetworkFault): Promise<void> {
  await using way = await bench.openWay();
  const copy = await onTheWay(bench, way, { invisibleTimeMs: INVISIBLE_MS });
  const { running, goOn } = await underWay(copy);
  // Messages take the way that fails, and not only the questions before them.
  expect(way.proxy.carried.answer).toBeGreaterThan(LEAST_BYTES);
  begin(way.proxy);
  goOn();
  const { outcome, summary } = await running;
  if (end !== undefined) expect(summary?.outcome).not.toBe('caught-up');
  end?.(way.proxy);
  if (outcome !== 'ran') expect(['UNREACHABLE', 'TIMEOUT']).toContain(summary?.error?.code);
  await copy.settle();
  const repeats = await copy.expectComplete();
  if (!bench.harness.sharesQueues) expect(repeats).toBe(0);
}

async function standstill(bench: SinkBench, way: Way) {
  const copy = await bench.prepare({ messages: FEW });
  const { rocketmq } = copy.sink.spec;
  await planPatiently(() => copy.sink.apply({ rocketmq: { ...rocketmq, endpoints: way.address, requestTimeoutMs: PATIENCE_MS } }));
  const run = () => copy.sink.invoke({ deadlineMs: ENDLESS_MS });
  return { proxy: way.proxy, run, settle: () => copy.settle(), expectComplete: () => copy.expectComplete() };
}

async function copiesThrough(bench: SinkBench, weather: Weather, requestTimeoutMs = PATIENCE_MS): Promise<void> {
  await using way = await bench.openWay();
  way.proxy.set(weather);
  // As much at once as runs have by default.
  const copy = await onTheWay(bench, way, { requestTimeoutMs, batch: {} });
  expect((await copy.sink.run({ deadlineMs: 120_000 })).outcome).toBe('caught-up');
  // Where queues are shared, a run may end before it was given everything.
  if (bench.harness.sharesQueues) await copy.settle();
  expect(await copy.expectComplete()).toBe(0);
}

/** Only the runs of the sink take the way: the topic is made and filled directly. */
async function onTheWay(
  bench: SinkBench,
  { address }: Way,
  { requestTimeoutMs = PATIENCE_MS, ...options }: CopyOptions & { readonly requestTimeoutMs?: number } = {},
): Promise<SinkCopy> {
  const copy = await largeCopy(bench, options);
  const { rocketmq } = copy.sink.spec;
  await copy.sink.apply({ rocketmq: { ...rocketmq, endpoints: address, requestTimeoutMs } });
  return copy;
}
