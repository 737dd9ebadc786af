import type { StatusResult } from '../runtime/planner-api.ts';
import { ask } from './failures.ts';
import { inTurn } from './in-turn.ts';
import type { CommandRun } from './program.ts';
import { withTarget } from './target.ts';

/** `pause` and `resume`. */
export const changeState =
  (action: 'pause' | 'resume'): CommandRun =>
  (names, flags, output) =>
    withTarget(flags, output, ({ planner }) =>
      inTurn(names, output, async (connector) => {
        const { desired } = await ask<StatusResult>(planner, { action, connector });
        output.result(`${connector}: ${desired}`);
      }),
    );
