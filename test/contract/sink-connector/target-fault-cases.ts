import { expect } from '@jest/globals';
import { type NetworkFault, networkFaults } from '../../support/network-faults.ts';
import { sideBySide, WAITING_AT_ONCE } from '../../support/side-by-side.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import type { ProxiedTargets, SinkHarness } from '../harness/sink-harness.ts';
import { ENDLESS_MS, endsWhereverItStandsStill, planPatiently, STANDSTILLS } from '../standstill.ts';
import { largeCopy, underWay } from './copy-under-way.ts';
import { SinkBench } from './sink-bench.ts';
import type { SinkCopy } from './sink-copy.ts';

const LIMIT_MS = 600_000;
/** In each queue: some writes, each of which takes several round trips. */
const FROM_AFAR = 100;
/** Each answer is one piece then. */
const FEW = 20;

/**
 * Whatever becomes of the way to the target in the middle: the run ends with a named error or goes on, nothing is lost, and no record becomes
 * a dead letter.
 */
export function targetFaultCases(harness: SinkHarness): void {
  const cases = [
    { name: 'copies all to a target that is 100 ms away', run: copiesFromAfar },
    ...networkFaults('the target').map((fault) => ({
      name: `loses nothing when ${fault.name} in the middle`,
      run: (way: Way) => survives(way, fault),
    })),
    { name: 'replaces connections that died while nothing ran', run: replacesDead },
  ];
  const ways = new Ways(harness, cases.length + STANDSTILLS);
  sideBySide(
    [
      ...cases.map(({ name, run }) => ({ name, run: async () => run(await ways.take()) })),
      {
        name: 'ends with a named error wherever the target stands still',
        run: () => endsWhereverItStandsStill(async () => standstill(await ways.take())),
      },
    ],
    LIMIT_MS,
    { shared: ways, atOnce: WAITING_AT_ONCE },
  );
}

/** The bench and a network before its target that nothing else uses. */
interface Way {
  readonly bench: SinkBench;
  readonly proxy: TcpProxy;
}

async function survives({ bench, proxy }: Way, { begin, end }: NetworkFault): Promise<void> {
  const copy = await through(bench, proxy);
  const { running, goOn } = await underWay(copy);
  expect(proxy.connections).toBeGreaterThan(0);
  begin(proxy);
  goOn();
  const { outcome, summary } = await running;
  if (end !== undefined) expect(summary?.outcome).not.toBe('caught-up');
  end?.(proxy);
  if (outcome !== 'ran') expect(['UNREACHABLE', 'TIMEOUT']).toContain(summary?.error?.code);
  await copy.settle();
  await copy.expectComplete();
}

async function copiesFromAfar({ bench, proxy }: Way): Promise<void> {
  proxy.set({ latencyMs: 100 });
  const copy = await through(bench, proxy, FROM_AFAR);
  expect((await copy.sink.run({ deadlineMs: 240_000 })).outcome).toBe('caught-up');
  expect(await copy.expectComplete()).toBe(0);
}

async function replacesDead({ bench, proxy }: Way): Promise<void> {
  const copy = await through(bench, proxy);
  await copy.settle();
  proxy.forget();
  await copy.fill(10);
  await copy.settle();
  proxy.reset();
  await copy.fill(10);
  await copy.settle();
  await copy.expectComplete();
}

async function standstill({ bench, proxy }: Way) {
  const copy = await bench.prepare({ messages: FEW, address: proxy.address });
  await planPatiently(() => copy.sink.apply());
  const run = () => copy.sink.invoke({ deadlineMs: ENDLESS_MS });
  return { proxy, run, settle: () => copy.settle(), expectComplete: () => copy.expectComplete() };
}

async function through(bench: SinkBench, { address }: TcpProxy, messages?: number): Promise<SinkCopy> {
  const copy = await largeCopy(bench, { address }, messages);
  await copy.sink.apply();
  return copy;
}

/** Opened with the first that is taken. */
class Ways implements AsyncDisposable {
  readonly #harness: SinkHarness;
  readonly #count: number;
  #proxies: TcpProxy[] = [];
  #unused: TcpProxy[] = [];
  #bench: Promise<SinkBench> | undefined;

  constructor(harness: SinkHarness, count: number) {
    this.#harness = harness;
    this.#count = count;
  }

  async take(): Promise<Way> {
    this.#bench ??= this.#open();
    const bench = await this.#bench;
    return { bench, proxy: this.#unused.pop() as TcpProxy };
  }

  async #open(): Promise<SinkBench> {
    this.#proxies = await Promise.all(Array.from({ length: this.#count }, () => TcpProxy.start()));
    this.#unused = [...this.#proxies];
    const targets = (await this.#harness.openBehind?.(this.#proxies.map(({ address }) => address))) as ProxiedTargets;
    for (const proxy of this.#proxies) proxy.target = targets.addressBehind(proxy.address);
    return SinkBench.open(this.#harness, targets);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#bench?.catch(() => undefined))?.[Symbol.asyncDispose]();
    for (const proxy of this.#proxies) await proxy[Symbol.asyncDispose]();
  }
}
