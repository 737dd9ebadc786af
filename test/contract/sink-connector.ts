import { describe } from '@jest/globals';
import { WAITING_AT_ONCE } from '../support/side-by-side.ts';
import { fileSinkHarness } from './harness/file-sink.ts';
import type { SinkHarness } from './harness/sink-harness.ts';
import { onSharedServers } from './on-shared-servers.ts';
import { configurationCases } from './sink-connector/configuration-cases.ts';
import { crashCases } from './sink-connector/crash-cases.ts';
import { fidelityCases } from './sink-connector/fidelity-cases.ts';
import { lifeCases } from './sink-connector/life-cases.ts';
import { rocketmqFaultCases } from './sink-connector/rocketmq-fault-cases.ts';
import { SinkBench } from './sink-connector/sink-bench.ts';
import { targetFaultCases } from './sink-connector/target-fault-cases.ts';

const openBench = (harness: SinkHarness) => SinkBench.open(harness);

/** What every sink connector must do, whatever its system. Each part is a test file of its own, so that files can share the machine. */
export const parts = {
  /** With nothing broken. */
  copying: onSharedServers(openBench, [lifeCases, fidelityCases, configurationCases]),
  /** Of that, what does not depend on how a record looks. */
  life: onSharedServers(openBench, [lifeCases]),
  /** Processes that die or freeze. */
  crashes: onSharedServers(openBench, [crashCases]),
  /** RocketMQ away, slow or far. */
  'rocketmq-faults': onSharedServers(openBench, [rocketmqFaultCases], WAITING_AT_ONCE),
  /** The way to the target fails. */
  'target-faults': targetFaultCases,
};

export type Part = keyof typeof parts;

/** The parts for a harness. RocketMQ's faults are the runtime's, so that a file as target is enough. */
export function partsOf({ type, ordering, sharesQueues, openBehind }: SinkHarness): Part[] {
  // Its own tests name the points at which a worker dies that shares queues.
  if (sharesQueues) return type === fileSinkHarness.type ? ['copying', 'rocketmq-faults'] : ['life'];
  if (ordering === 'key') return ['crashes'];
  if (type === fileSinkHarness.type) return ['copying', 'crashes', 'rocketmq-faults'];
  return ['copying', 'crashes', ...(openBehind === undefined ? [] : ['target-faults' as const])];
}

/** What the harness tests, as test files are named: `kafka-sink-exactly-once`. */
export const nameOf = ({ type, variant }: SinkHarness): string => (variant === undefined ? type : `${type}-${variant}`);

export function describeSinkConnector(harness: SinkHarness, part: Part): void {
  describe(nameOf(harness), () => parts[part](harness));
}
