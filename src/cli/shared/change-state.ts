import type { StatusResult } from '../../runtime/planner-api.ts';
import { ask } from '../terminal/failures.ts';
import type { CommandRun } from './command-run.ts';
import { eachMatching } from './each-matching.ts';

/** Makes the command `pause`, `stop` or `resume`. */
export const changeState = (action: 'pause' | 'stop' | 'resume'): CommandRun =>
  eachMatching(action, async (connector, { planner }, output, flags) => {
    const state = await ask<StatusResult>(planner, { action, connector });
    if (!flags.json) output.result(`${connector}: ${state.desired}`);
    return state;
  });
