import { expect } from '@jest/globals';
import pMap from 'p-map';
import type { TaskOutcome } from '../../src/runtime/run/contracts.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';

/** So many answers a server gives before it stands still. Most phases of a run begin within the first few. */
const ANSWERS = [0, 1, 3, 8, 21];
/** For each of them, a run needs a network that nothing else uses. */
export const STANDSTILLS = ANSWERS.length;
/** Longer than a test may take: a run that waited for its deadline would never end. */
export const ENDLESS_MS = 3_600_000;

const TRIES = 10;

/** Plans again where a busy machine passed the time limits, which are those of the runs, and short. */
export async function planPatiently(plan: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await plan();
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

/** A connector whose runs reach a server through a network of their own. */
export interface Standstill {
  readonly proxy: TcpProxy;
  /** Runs once, with `ENDLESS_MS` of time. */
  readonly run: () => Promise<TaskOutcome>;
  /** Copies what is left. */
  readonly settle: () => Promise<unknown>;
  /** Expects that everything is copied. */
  readonly expectComplete: () => Promise<unknown>;
}

/**
 * Wherever in a run its server stands still, from before its first answer to behind its last one: the run ends long before its deadline.
 * Its error says which server did not answer. It has caught up only where everything was copied.
 */
export async function endsWhereverItStandsStill(open: () => Promise<Standstill>): Promise<void> {
  await pMap(ANSWERS, async (answers) => {
    const { proxy, run, settle, expectComplete } = await open();
    proxy.standStillAfter(answers);
    const { outcome, summary } = await run();
    proxy.mend();
    const error = `${summary?.error?.code}: ${summary?.error?.message}`;
    if (outcome === 'ran') {
      expect(['caught-up', 'quiet']).toContain(summary?.outcome);
    } else {
      expect([outcome, error]).toEqual(['failed', expect.stringMatching(/^(UNREACHABLE|TIMEOUT): /)]);
      expect(error).toContain(proxy.address);
      await settle();
    }
    await expectComplete();
  });
}
