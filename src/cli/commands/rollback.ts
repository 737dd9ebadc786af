import type { PlanResult } from '../../runtime/planner-api.ts';
import { renderPlan } from '../render/plan.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { withTarget } from '../target/target.ts';
import { confirmed, mustBeAbleToAsk } from '../terminal/confirm.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask, reportFindings } from '../terminal/failures.ts';

const UNTOUCHED = 'nothing was changed';

export const run: CommandRun = async ([connector = ''], flags, output) => {
  mustBeAbleToAsk('rollback', flags.yes === true);
  const request = { action: 'rollback', connector, generation: flags.generation as number } as const;
  return withTarget(flags, output, async ({ planner }) => {
    if (flags.yes !== true) {
      const plan = await ask<PlanResult>(planner, { ...request, dryRun: true });
      reportFindings(plan.warnings, output);
      if (!flags.json) output.result(renderPlan(plan, output.verbose));
      if (plan.changed && !(await confirmed(`Put generation ${request.generation} of ${connector} in force? [y/N] `, UNTOUCHED))) {
        output.note(UNTOUCHED);
        if (flags.json) output.json(plan);
        return EXIT.failure;
      }
      if (!plan.changed) {
        if (flags.json) output.json(plan);
        return EXIT.ok;
      }
    }
    const plan = await ask<PlanResult>(planner, request);
    if (flags.yes === true) reportFindings(plan.warnings, output);
    if (flags.json) output.json(plan);
    else output.result(flags.yes === true ? renderPlan(plan, output.verbose) : `${connector}: generation ${plan.generation} is in force`);
    return EXIT.ok;
  });
};
