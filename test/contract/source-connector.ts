import { afterAll, beforeAll, describe } from '@jest/globals';
import { WAITING_AT_ONCE } from '../support/side-by-side.ts';
import { type SourceHarness, sourceNameOf } from './harness/source-harness.ts';
import { type Cases, onSharedServers } from './on-shared-servers.ts';
import { boundsCases } from './source-connector/bounds-cases.ts';
import { configurationCases } from './source-connector/configuration-cases.ts';
import { crashCases } from './source-connector/crash-cases.ts';
import { FaultyNetworks } from './source-connector/faulty-network.ts';
import { fidelityCases } from './source-connector/fidelity-cases.ts';
import { lifeCases } from './source-connector/life-cases.ts';
import { pendingCases } from './source-connector/pending-cases.ts';
import { planningCases } from './source-connector/planning-cases.ts';
import { poisonCases } from './source-connector/poison-cases.ts';
import { processCases } from './source-connector/process-cases.ts';
import { rocketmqFaultCases } from './source-connector/rocketmq-fault-cases.ts';
import { secretsCases } from './source-connector/secrets-cases.ts';
import { SOURCE_FAULT_NETWORKS, sourceFaultCases } from './source-connector/source-fault-cases.ts';
import { twoWorkersCases } from './source-connector/two-workers-cases.ts';
import { Workbench } from './source-connector/workbench.ts';

const openBench = async (harness: SourceHarness) => Workbench.open(harness, await harness.open());

/** What every source connector must do, whatever its system. Each part is a test file of its own, so that files can share the machine. */
export const parts = {
  /** On the stack's servers, with nothing broken. */
  copying: (harness: SourceHarness) => onSharedServers(openBench, copyingCasesOf(harness))(harness),
  /** Processes that die, freeze or have to end. */
  crashes: onSharedServers(openBench, [crashCases, twoWorkersCases, processCases]),
  /** A source that fails, on a server of its own behind a network that fails. */
  'source-faults': onFaultyNetworks,
  /** A RocketMQ that refuses, is slow or is cut off. */
  'rocketmq-faults': onSharedServers(openBench, [rocketmqFaultCases, poisonCases], WAITING_AT_ONCE),
};

/** For a server that is started on a busy machine, and its first use. */
const START_LIMIT_MS = 300_000;

export type Part = keyof typeof parts;

/**
 * How a source is configured and planned has nothing to do with how RocketMQ is spoken to, and where a run ends has nothing to do with the
 * type of its topic.
 */
function copyingCasesOf({ overGrpc, toFifo }: SourceHarness): ReadonlyArray<Cases<Workbench, SourceHarness>> {
  if (overGrpc === undefined) return [lifeCases, fidelityCases, boundsCases, pendingCases, configurationCases, planningCases, secretsCases];
  return toFifo ? [lifeCases, fidelityCases] : [lifeCases, fidelityCases, boundsCases];
}

/**
 * The parts for a harness. How a source fails has nothing to do with how RocketMQ is spoken to. Only a proxy in cluster mode leads messages
 * through a network that fails: one inside a broker names its own port to its clients, whichever they asked.
 */
export function sourcePartsOf({ overGrpc, toFifo }: SourceHarness): readonly Part[] {
  if (overGrpc === undefined) return Object.keys(parts) as Part[];
  if (toFifo) return ['copying'];
  return overGrpc === 'local' ? ['copying', 'crashes'] : ['copying', 'rocketmq-faults'];
}

export function describeSourceConnector(harness: SourceHarness, part: Part): void {
  describe(sourceNameOf(harness), () => parts[part](harness));
}

function onFaultyNetworks(harness: SourceHarness): void {
  let networks: FaultyNetworks;
  beforeAll(async () => {
    networks = await FaultyNetworks.open(harness, SOURCE_FAULT_NETWORKS);
  }, START_LIMIT_MS);
  afterAll(() => networks?.[Symbol.asyncDispose]());
  sourceFaultCases(() => networks.take());
}
