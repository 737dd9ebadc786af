import { describe } from '@jest/globals';
import { connectorCases } from './connector-cases.ts';
import { dyingPlannerCases } from './dying-planner-cases.ts';
import { interleavings } from './interleavings.ts';
import { leaseCases } from './lease-cases.ts';
import { loanCases } from './loan-cases.ts';
import { planCases } from './plan-cases.ts';
import { rerunCases } from './rerun-cases.ts';
import { rivalPlanCases } from './rival-plan-cases.ts';
import { runCases } from './run-cases.ts';
import { specCases } from './spec-cases.ts';
import { spreadCases } from './spread-cases.ts';
import type { StoreUnderTest } from './store-under-test.ts';

/** What every ConnectStore must hold to. */
export function describeConnectStore(name: string, backend: StoreUnderTest): void {
  describe(`ConnectStore: ${name}`, () => {
    connectorCases(backend);
    planCases(backend);
    specCases(backend);
    spreadCases(backend);
    rivalPlanCases(backend);
    dyingPlannerCases(backend);
    leaseCases(backend);
    loanCases(backend);
    rerunCases(backend);
    runCases(backend);
    interleavings(backend);
  });
}
