import type { PlanResult } from '../../runtime/planner-api.ts';
import { renderPlan } from '../render/plan.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { eachConnector } from '../shared/in-turn.ts';
import { matchingNames } from '../shared/matching-names.ts';
import { withTarget } from '../target/target.ts';
import { ask, reportFindings } from '../terminal/failures.ts';

export const run: CommandRun = (names, flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const results: PlanResult[] = [];
    const code = await eachConnector(await matchingNames(planner, names), output, async (connector) => {
      const plan = await ask<PlanResult>(planner, { action: 'replan', connector });
      reportFindings(plan.warnings, output);
      results.push(plan);
      if (!flags.json) output.result(renderPlan(plan, output.verbose));
    });
    if (flags.json) output.json(results);
    return code;
  });
