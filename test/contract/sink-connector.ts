import { afterAll, beforeAll, describe } from '@jest/globals';
import type { SinkHarness } from './harness/sink-harness.ts';
import { configurationCases } from './sink-connector/configuration-cases.ts';
import { crashCases } from './sink-connector/crash-cases.ts';
import { fidelityCases } from './sink-connector/fidelity-cases.ts';
import { lifeCases } from './sink-connector/life-cases.ts';
import { SinkBench } from './sink-connector/sink-bench.ts';

/** What every sink connector must do, whatever its system. Each part is a test file of its own, so that files can share the machine. */
export const parts = {
  /** With nothing broken. */
  copying: onSharedServers(configurationCases, fidelityCases, lifeCases),
  /** Processes that die or freeze. */
  crashes: onSharedServers(crashCases),
};

export type Part = keyof typeof parts;

export function describeSinkConnector(harness: SinkHarness, part: Part): void {
  describe(harness.type, () => parts[part](harness));
}

function onSharedServers(...groups: ReadonlyArray<(bench: () => SinkBench, harness: SinkHarness) => void>) {
  return (harness: SinkHarness): void => {
    let bench: SinkBench;
    beforeAll(async () => {
      bench = await SinkBench.open(harness);
    });
    afterAll(() => bench?.[Symbol.asyncDispose]());
    for (const cases of groups) cases(() => bench, harness);
  };
}
