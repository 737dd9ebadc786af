import type { StatusResult } from '../../runtime/planner-api.ts';
import { withTarget } from '../target/target.ts';
import { ask } from '../terminal/failures.ts';
import type { CommandRun } from './command-run.ts';
import { eachConnector } from './in-turn.ts';
import { matchingNames } from './matching-names.ts';

/** Makes the command `pause`, `stop` or `resume`. */
export const changeState =
  (action: 'pause' | 'stop' | 'resume'): CommandRun =>
  (names, flags, output) =>
    withTarget(flags, output, async ({ planner }) => {
      const states: StatusResult[] = [];
      const code = await eachConnector(await matchingNames(planner, names), output, async (connector) => {
        const state = await ask<StatusResult>(planner, { action, connector });
        states.push(state);
        if (!flags.json) output.result(`${connector}: ${state.desired}`);
      });
      if (flags.json) output.json(states);
      return code;
    });
