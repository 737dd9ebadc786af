import { expect, it } from '@jest/globals';
import type { TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { sideBySide, WAITING_AT_ONCE, type WaitingCase } from '../../support/side-by-side.ts';
import type { ConfigOptions } from '../harness/source-harness.ts';
import { ENDLESS_MS, endsWhereverItStandsStill, planPatiently, STANDSTILLS } from '../standstill.ts';
import type { Copy } from './copy.ts';
import { expectComplete } from './expect-complete.ts';
import type { FaultyNetwork } from './faulty-network.ts';

/**
 * In each of two partitions, 40 MB in all: more than a source reads ahead together with what sockets and the network between them hold. A run
 * has the rest already where there is less, and catches up although its server says nothing more.
 */
const MESSAGES = 500;
const BYTES = 40_000;
/** Several times what is on the way at once. */
const FEW = 100;
/** Each answer is one piece then. */
const FEW_AND_SMALL = 20;
const FAULT_AFTER = 50;
const steps = { maxInFlightBytes: 1_000_000, checkpointIntervalMs: 0 };
const CASE_LIMIT_MS = 300_000;

interface Fault {
  readonly name: string;
  readonly begin: (network: FaultyNetwork) => void | Promise<void>;
  /** Absent: it needs no end. */
  readonly end?: (network: FaultyNetwork) => void | Promise<void>;
  /** Ends at once. Otherwise it ends when the run has, which it keeps from copying everything. */
  readonly passes?: true;
  /** Loses only what the source is told. */
  readonly ofRequests?: true;
}

const mend = ({ proxy }: FaultyNetwork) => proxy.mend();

const faultsOfNetwork: readonly Fault[] = [
  { name: 'its connections are half-open', begin: ({ proxy }) => proxy.set({ swallow: true }), end: mend },
  { name: 'what it says is lost', begin: ({ proxy }) => proxy.set({ swallow: true }, 'answer'), end: mend },
  { name: 'what it is told is lost', begin: ({ proxy }) => proxy.set({ swallow: true }, 'request'), end: mend, ofRequests: true },
  { name: 'its connections are cut', begin: ({ proxy }) => proxy.cut() },
  { name: 'its connections are reset', begin: ({ proxy }) => proxy.reset() },
  { name: 'it is unreachable for the rest of the run', begin: ({ proxy }) => proxy.refuse(), end: mend },
];

const faultsOfServer: readonly Fault[] = [
  { name: 'it is killed and comes back', begin: ({ bench }) => bench.lab.kill(), end: ({ bench }) => bench.lab.restart(), passes: true },
  { name: 'it is stopped and started again', begin: ({ bench }) => bench.lab.restart() },
  { name: 'it freezes for the rest of the run', begin: ({ bench }) => bench.lab.freeze(), end: ({ bench }) => bench.lab.thaw() },
];

/** One for each case, and for each run of the last one. */
export const SOURCE_FAULT_NETWORKS = faultsOfNetwork.length + faultsOfServer.length + 2 + STANDSTILLS;

/**
 * Whatever becomes of the source or the way to it in mid-batch: the run ends with a named error or goes on, and nothing is lost.
 * `network`: one that nothing else uses, all before the same source.
 */
export function sourceFaultCases(network: () => FaultyNetwork): void {
  it.each(faultsOfServer)('loses nothing when $name in mid-batch', (fault) => survives(network(), fault), CASE_LIMIT_MS);

  const cases: readonly WaitingCase[] = [
    { name: 'copies all over a network that is 100 ms away', run: () => copiesFromAfar(network()) },
    ...faultsOfNetwork.map((fault) => ({ name: `loses nothing when ${fault.name} in mid-batch`, run: () => survives(network(), fault) })),
    { name: 'replaces connections that died while nothing ran', run: () => replacesDead(network()) },
    {
      name: 'ends with a named error wherever its server stands still',
      run: () => endsWhereverItStandsStill(() => standstill(network())),
    },
  ];
  sideBySide(cases, cases.length * CASE_LIMIT_MS, { atOnce: WAITING_AT_ONCE });
}

async function copiesFromAfar(network: FaultyNetwork): Promise<void> {
  const copy = await fresh(network, FEW, { patient: true });
  network.proxy.set({ latencyMs: 100 });
  const { outcome, summary } = await copy.run();
  const { outcome: end, records, error } = summary ?? {};
  expect({ outcome, end, records, error }).toEqual({ outcome: 'ran', end: 'caught-up', records: 2 * FEW });
  expect(await expectComplete(copy)).toBe(0);
}

async function replacesDead(network: FaultyNetwork): Promise<void> {
  const copy = await fresh(network, FEW);
  await copy.settle();
  network.proxy.forget();
  await copy.fill(10);
  await copy.settle();
  await expectComplete(copy, { takenOver: true });
  network.proxy.reset();
  await copy.fill(10);
  await copy.settle();
  await expectComplete(copy, { takenOver: true });
}

async function survives(network: FaultyNetwork, { begin, end, passes, ofRequests }: Fault): Promise<void> {
  const copy = await fresh(network, MESSAGES);
  const { running, goOn } = await copy.hold(FAULT_AFTER, 2_000);
  expect(network.proxy.connections).toBeGreaterThan(0);
  await begin(network);
  goOn();
  try {
    if (end !== undefined && !passes) {
      const { summary } = await running;
      if (!(ofRequests && network.bench.harness.sendsUnasked)) expect(summary?.outcome).not.toBe('caught-up');
    }
  } finally {
    // Also where this case fails: all that follows asks the same server, its end included, and would wait for it for ever.
    await end?.(network);
  }
  expectNamed(await running);
  await copy.settle();
  await expectComplete(copy, { takenOver: true });
}

/** With clients of its own, so that connecting is part of the run. */
async function standstill(network: FaultyNetwork) {
  const copy = await fresh(network, FEW_AND_SMALL, { bytes: 0 });
  const run = async () => {
    await using runtime = network.bench.newRuntime();
    return copy.run({ runtime, deadlineMs: ENDLESS_MS });
  };
  return { proxy: network.proxy, run, settle: () => copy.settle(), expectComplete: () => expectComplete(copy, { takenOver: true }) };
}

async function fresh(
  { bench, proxy }: FaultyNetwork,
  messages: number,
  { bytes = BYTES, ...options }: ConfigOptions & { readonly bytes?: number } = {},
): Promise<Copy> {
  const copy = await bench.prepare({ batch: steps, source: { address: proxy.address, ...options } });
  await copy.fill(messages, bytes);
  await planPatiently(() => copy.apply());
  return copy;
}

function expectNamed({ outcome, summary }: TaskOutcome): void {
  if (outcome === 'ran') return;
  expect([outcome, `${summary?.error?.code}: ${summary?.error?.message}`]).toEqual([
    'failed',
    expect.stringMatching(/^(UNREACHABLE|TIMEOUT): [^\n]+$/),
  ]);
}
