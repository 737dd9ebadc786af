import type { ConformanceCase } from './conformance-case.ts';
import { planningCases } from './planning-cases.ts';
import type { SourceHarness } from './source-harness.ts';
import { sourceTaskCases } from './source-task-cases.ts';
import { TestCopy } from './test-copy.ts';

export type { ConformanceCase, WrongConfig } from './conformance-case.ts';
export { sinkCases } from './sink-cases.ts';
export type { SinkHarness, TestTarget } from './sink-harness.ts';
export type { SourceHarness, TestSource } from './source-harness.ts';

/**
 * What every source connector must do, a case each, for any runner of tests: `for (const { name, run } of sourceCases(harness))
 * test(name, run)`. The cases run the runtime of this product with plan, positions and topic in memory; they need no server but the system's own.
 */
export const sourceCases = (harness: SourceHarness): ConformanceCase[] => [
  ...planningCases((partitions, use) => () => TestCopy.with(harness, partitions, use)),
  ...sourceTaskCases(harness),
];
