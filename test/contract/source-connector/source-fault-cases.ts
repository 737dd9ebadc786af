import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import type { ConfigOptions } from '../harness/source-harness.ts';
import type { Copy } from './copy.ts';
import { expectComplete } from './expect-complete.ts';
import type { FaultyNetwork } from './faulty-network.ts';

/** More than any source reads ahead. */
const MESSAGES = 500;
const BYTES = 40_000;
const FAULT_AFTER = 100;
const steps = { maxInFlightBytes: 1_000_000, checkpointIntervalMs: 0 };
const CASE_LIMIT_MS = 300_000;

interface Fault {
  readonly name: string;
  readonly begin: (network: FaultyNetwork) => void | Promise<void>;
  /** Absent: it needs no end. */
  readonly end?: (network: FaultyNetwork) => void | Promise<void>;
  /** Absent: it ends when the run has, which it keeps from copying everything. */
  readonly lastsMs?: number;
  /** Loses only what the source is told. */
  readonly ofRequests?: true;
}

const mend = ({ proxy }: FaultyNetwork) => proxy.mend();

const faults: readonly Fault[] = [
  { name: 'its connections are cut', begin: ({ proxy }) => proxy.cut() },
  { name: 'its connections are reset', begin: ({ proxy }) => proxy.reset() },
  { name: 'it is unreachable for the rest of the run', begin: ({ proxy }) => proxy.refuse(), end: mend },
  { name: 'its connections are half-open', begin: ({ proxy }) => proxy.set({ swallow: true }), end: mend },
  { name: 'what it says is lost', begin: ({ proxy }) => proxy.set({ swallow: true }, 'answer'), end: mend },
  { name: 'what it is told is lost', begin: ({ proxy }) => proxy.set({ swallow: true }, 'request'), end: mend, ofRequests: true },
  { name: 'it is killed and comes back', begin: ({ bench }) => bench.lab.kill(), end: ({ bench }) => bench.lab.restart(), lastsMs: 0 },
  { name: 'it is stopped and started again', begin: ({ bench }) => bench.lab.restart() },
  { name: 'it freezes for eight seconds', begin: ({ bench }) => bench.lab.freeze(), end: ({ bench }) => bench.lab.thaw(), lastsMs: 8_000 },
];

/** Whatever becomes of the source or the way to it in mid-batch: the run ends with a named error or goes on, and nothing is lost. */
export function sourceFaultCases(network: () => FaultyNetwork): void {
  it.each(faults)(
    'loses nothing when $name in mid-batch',
    async ({ begin, end, lastsMs, ofRequests }) => {
      const copy = await fresh();
      const { running, goOn } = await copy.hold(FAULT_AFTER, 400);
      expect(network().proxy.connections).toBeGreaterThan(0);
      await begin(network());
      goOn();
      if (lastsMs !== undefined) await sleep(lastsMs);
      else if (ofRequests && network().bench.harness.sendsUnasked) await running;
      else if (end !== undefined) expect((await running).summary?.outcome).not.toBe('caught-up');
      await end?.(network());
      expectNamed(await running);
      await copy.settle();
      await expectComplete(copy, { takenOver: true });
    },
    CASE_LIMIT_MS,
  );

  it('copies all over a network that is 100 ms away', async () => {
    const copy = await fresh({ patient: true });
    network().proxy.set({ latencyMs: 100 });
    try {
      const { outcome, summary } = await copy.run();
      const { outcome: end, records, error } = summary ?? {};
      expect({ outcome, end, records, error }).toEqual({ outcome: 'ran', end: 'caught-up', records: 2 * MESSAGES });
    } finally {
      network().proxy.mend();
    }
    expect(await expectComplete(copy)).toBe(0);
  });

  it('replaces connections that died while nothing ran', async () => {
    const copy = await fresh();
    await copy.settle();
    network().proxy.forget();
    await copy.fill(10);
    await copy.settle();
    await expectComplete(copy, { takenOver: true });
    network().proxy.reset();
    await copy.fill(10);
    await copy.settle();
    await expectComplete(copy, { takenOver: true });
  });

  async function fresh(options: ConfigOptions = {}): Promise<Copy> {
    const { bench, proxy } = network();
    const copy = await bench.prepare({ batch: steps, source: { address: proxy.address, ...options } });
    await copy.fill(MESSAGES, BYTES);
    await copy.apply();
    return copy;
  }
}

function expectNamed({ outcome, summary }: TaskOutcome): void {
  if (outcome === 'ran') return;
  expect([outcome, `${summary?.error?.code}: ${summary?.error?.message}`]).toEqual([
    'failed',
    expect.stringMatching(/^(UNREACHABLE|TIMEOUT): [^\n]+$/),
  ]);
}
