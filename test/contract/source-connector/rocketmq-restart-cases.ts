import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rocketmq } from '../../../infra/local/servers/rocketmq.ts';
import { OwnServer } from '../../support/own-server.ts';
import type { SourceHarness } from '../harness/source-harness.ts';
import type { Copy } from './copy.ts';
import { expectComplete } from './expect-complete.ts';
import { Workbench } from './workbench.ts';

const MESSAGES = 1_500;
const RECORDS_PER_SECOND = 3_000;
/** For the run: a busy machine takes a minute to start RocketMQ. */
const RUN_LIMIT_MS = 240_000;
const CASE_LIMIT_MS = 400_000;

/** RocketMQ itself goes away in mid-batch and comes back. One restart serves all sources: it takes longer than all the rest. */
export function rocketmqRestartCases(harnesses: readonly SourceHarness[]): void {
  describe('when RocketMQ is killed and comes back in mid-batch', () => {
    const benches: Workbench[] = [];
    const copies: Copy[] = [];
    let server: OwnServer;
    beforeAll(async () => {
      server = await OwnServer.start(rocketmq);
      const namesrv = server.address('namesrv');
      const open = async (harness: SourceHarness) => Workbench.open(harness, await harness.open(), namesrv);
      benches.push(...(await Promise.all(harnesses.map(open))));
      const options = { messages: MESSAGES, batch, rocketmq: { requestTimeoutMs: 3_000 } };
      copies.push(...(await Promise.all(benches.map((bench) => bench.copy(options)))));
    }, CASE_LIMIT_MS);
    afterAll(async () => {
      for (const bench of benches) await bench[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    });

    it(
      'every source goes on in the same run: nothing is lost, order holds',
      async () => {
        const held = await Promise.all(copies.map((copy) => copy.hold(MESSAGES / 10, RECORDS_PER_SECOND, { deadlineMs: RUN_LIMIT_MS })));
        await server.signal('SIGKILL');
        for (const { goOn } of held) goOn();
        await server.restart(0);
        const ended = (await Promise.all(held.map(({ running }) => running))).map(({ outcome, summary }) => ({
          outcome,
          end: summary?.outcome,
          records: summary?.records,
        }));
        expect(ended).toEqual(harnesses.map(() => ({ outcome: 'ran', end: 'caught-up', records: 2 * MESSAGES })));
        for (const copy of copies) await expectComplete(copy);
      },
      CASE_LIMIT_MS,
    );
  });
}

const batch = { maxDurationMs: RUN_LIMIT_MS, maxInFlightBytes: 20_000, checkpointIntervalMs: 0 };
