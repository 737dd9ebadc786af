import type { PlanResult } from '../../runtime/planner-api.ts';
import { renderPlan } from '../render/plan.ts';
import { eachMatching } from '../shared/each-matching.ts';
import { ask, reportFindings } from '../terminal/failures.ts';

export const run = eachMatching('replan', async (connector, { planner }, output, flags) => {
  const plan = await ask<PlanResult>(planner, { action: 'replan', connector });
  reportFindings(plan.warnings, output);
  if (!flags.json) output.result(renderPlan(plan, output.verbose));
  return plan;
});
