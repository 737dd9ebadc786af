import type { CommandRun } from '../shared/command-run.ts';
import { eachConnector } from '../shared/in-turn.ts';
import { matchingNames } from '../shared/matching-names.ts';
import { withTarget } from '../target/target.ts';
import { confirmed, mustBeAbleToAsk } from '../terminal/confirm.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

const UNTOUCHED = 'nothing was deleted';

export const run: CommandRun = async (given, flags, output) => {
  mustBeAbleToAsk('delete', flags.yes === true);
  return withTarget(flags, output, async ({ planner }) => {
    const names = await matchingNames(planner, given);
    if (!flags.yes && !(await confirmed(`Delete ${names.join(', ')} with all positions? [y/N] `, UNTOUCHED))) {
      output.note(UNTOUCHED);
      if (flags.json) output.json([]);
      return EXIT.failure;
    }
    const deleted: object[] = [];
    const code = await eachConnector(names, output, async (connector) => {
      deleted.push(await ask<object>(planner, { action: 'delete', connector }));
      if (!flags.json) output.result(`${connector}: deleted`);
    });
    if (flags.json) output.json(deleted);
    return code;
  });
};
