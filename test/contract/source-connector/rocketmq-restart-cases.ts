import { expect, it } from '@jest/globals';
import type { OwnServer } from '../../support/own-server.ts';
import { pacedRocketmq } from '../../support/paced-rocketmq.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const MESSAGES = 4_000;
/** For the run: a busy machine takes a minute to start RocketMQ. */
const RUN_LIMIT_MS = 240_000;
const CASE_LIMIT_MS = 300_000;

/** RocketMQ itself goes away in mid-batch and comes back; `bench` sends to `rocketmq`. */
export function rocketmqRestartCases(bench: () => Workbench, rocketmq: () => OwnServer): void {
  it(
    'goes on in the same run when RocketMQ is killed and comes back in mid-batch: nothing is lost, order holds',
    async () => {
      const batch = { maxDurationMs: RUN_LIMIT_MS, maxInFlightBytes: 20_000, checkpointIntervalMs: 0 };
      const copy = await bench().copy({ messages: MESSAGES, batch, rocketmq: { requestTimeoutMs: 3_000 } });
      const running = copy.run({ deadlineMs: RUN_LIMIT_MS, deps: { loadRocketmq: () => pacedRocketmq(3_000) } });
      await copy.isUnderWay(running, MESSAGES / 10);
      await rocketmq().signal('SIGKILL');
      await rocketmq().restart(0);
      expect(await running).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 2 * MESSAGES } });
      await expectComplete(copy);
    },
    CASE_LIMIT_MS,
  );
}
