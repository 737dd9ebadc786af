import { lookTimes } from '../../config/look-times.ts';
import type { Cost } from '../../cost/cost.ts';
import { pricesOf } from '../../cost/prices.ts';
import type { PlanResult } from '../../runtime/planner-api.ts';
import { renderPlan } from '../render/plan.ts';
import { type Target, withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask, reportFindings } from '../terminal/failures.ts';
import type { Output } from '../terminal/output.ts';
import type { CommandRun } from './command-run.ts';
import { forEachDocument, readValidDocuments, type ValidDocument } from './documents.ts';
import { idleMonthOf } from './idle-month-of.ts';
import type { Flags } from './options.ts';
import { ownAddresses } from './own-addresses.ts';
import { runConnector } from './run-connector.ts';

/** `plan` and `apply` show the same and differ in what the planner does. */
export const planOrApply =
  (action: 'plan' | 'apply'): CommandRun =>
  async (files, flags, output) => {
    const documents = await readValidDocuments(files, output);
    if (documents === undefined) {
      if (flags.json) output.json([]);
      return EXIT.usage;
    }
    return withTarget(flags, output, async (target) => {
      const applied: string[] = [];
      const code = await send(action, target, documents, flags, output, applied);
      if (flags.run !== true || code !== EXIT.ok) return code;
      const codes: number[] = [];
      const runs: unknown[] = [];
      for (const connector of applied) {
        const { code: ended, result } = await runConnector(target, connector, { once: false }, flags, output);
        codes.push(ended);
        runs.push(result);
        if (ended === EXIT.interrupted) break;
      }
      if (flags.json) output.json(runs.flat());
      return Math.max(EXIT.ok, ...codes);
    });
  };

/** Applies documents to an open target. Returns the exit code. */
export const applyTo = (target: Target, documents: readonly ValidDocument[], flags: Flags, output: Output): Promise<number> =>
  send('apply', target, documents, flags, output);

async function send(
  action: 'plan' | 'apply',
  { planner }: Target,
  documents: readonly ValidDocument[],
  flags: Flags,
  output: Output,
  applied: string[] = [],
): Promise<number> {
  const results: Array<PlanResult & { readonly idleMonth?: Cost }> = [];
  const code = await forEachDocument(documents, output, async ({ document, spec }) => {
    const own = flags.target === 'aws' ? ownAddresses(spec) : [];
    // The plan may fail because of these warnings, so they come first.
    reportFindings(own, output, document);
    const plan = await ask<PlanResult>(planner, { action, file: document.data });
    reportFindings(plan.warnings, output, document);
    const tasks = plan.tasks.filter(({ change }) => change !== 'delete').length;
    const { prices, region } = pricesOf(process.env.AWS_REGION);
    const month = idleMonthOf({ type: spec.type, tasks, ...spec.trigger, ...lookTimes(spec.trigger) }, prices);
    results.push({ ...plan, warnings: [...own, ...plan.warnings], ...(month !== undefined && { idleMonth: month }) });
    applied.push(spec.name);
    if (!flags.json) output.result(renderPlan(plan, output.verbose, month && { dollars: month.dollars, region }));
    const { schedule = spec.trigger.freshness && 'its freshness' } = spec.trigger;
    if (action === 'apply' && flags.target === 'local' && schedule !== undefined) {
      output.note(`${spec.name}: ${schedule} only has an effect while \`rocketmq-connect dev\` runs`);
    }
  });
  if (flags.json) output.json(results);
  return code;
}
