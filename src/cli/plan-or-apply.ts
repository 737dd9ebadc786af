import type { PlanResult } from '../runtime/planner-api.ts';
import { forEachDocument } from './documents.ts';
import { ask, reportFindings } from './failures.ts';
import type { CommandRun } from './program.ts';
import { renderPlan } from './render/plan.ts';
import { withTarget } from './target.ts';

/** `plan` and `apply` differ in what the planner does, not in what is shown. */
export const planOrApply =
  (action: 'plan' | 'apply'): CommandRun =>
  (files, flags, output) =>
    withTarget(flags, output, async ({ planner }) => {
      const results: PlanResult[] = [];
      const code = await forEachDocument(files, output, async ({ document }) => {
        const plan = await ask<PlanResult>(planner, { action, file: document.data });
        reportFindings(plan.warnings, output, document);
        results.push(plan);
        if (!flags.json) output.result(renderPlan(plan, output.verbose));
      });
      if (flags.json) output.json(results);
      return code;
    });
