import type { PlanResult } from '../../runtime/planner-api.ts';
import { ask, reportFindings } from '../failures.ts';
import { eachConnector } from '../in-turn.ts';
import type { CommandRun } from '../program.ts';
import { renderPlan } from '../render/plan.ts';
import { withTarget } from '../target.ts';

export const run: CommandRun = (names, flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const results: PlanResult[] = [];
    const code = await eachConnector(names, output, async (connector) => {
      const plan = await ask<PlanResult>(planner, { action: 'replan', connector });
      reportFindings(plan.warnings, output);
      results.push(plan);
      if (!flags.json) output.result(renderPlan(plan, output.verbose));
    });
    if (flags.json) output.json(results);
    return code;
  });
