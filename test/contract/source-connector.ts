import { afterAll, beforeAll, describe } from '@jest/globals';
import { WAITING_AT_ONCE } from '../support/side-by-side.ts';
import { type GrpcTopics, type SourceHarness, sourceNameOf } from './harness/source-harness.ts';
import { onSharedServers } from './on-shared-servers.ts';
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
  copying: (harness: SourceHarness) => {
    const others = harness.grpcTopics === undefined ? [pendingCases, configurationCases, planningCases, secretsCases] : [];
    return onSharedServers(openBench, [lifeCases, fidelityCases, boundsCases, ...others])(harness);
  },
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

const PARTS_OVER_GRPC: Readonly<Record<GrpcTopics, readonly Part[]>> = {
  NORMAL: ['copying', 'crashes'],
  FIFO: ['copying'],
};

/** The parts for a harness. How a source fails, and how it is planned, has nothing to do with how RocketMQ is spoken to. */
export const sourcePartsOf = ({ grpcTopics }: SourceHarness): readonly Part[] =>
  grpcTopics === undefined ? (Object.keys(parts) as Part[]) : PARTS_OVER_GRPC[grpcTopics];

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
