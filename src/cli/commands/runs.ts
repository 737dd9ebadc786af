import { costOf } from '../../cost/cost.ts';
import type { RunsResult } from '../../runtime/planner-api.ts';
import { renderRuns } from '../render/runs.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { choosePrices } from '../shared/price-table.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const { runs: kept } = await ask<RunsResult>(planner, { action: 'runs', connector, limit: Number(flags.limit) });
    const { prices } = await choosePrices(flags, output);
    // Those of before 0.1.0 do not say what they used.
    const runs = kept.map(({ total: _, ...one }) =>
      one.usage === undefined ? one : { ...one, dollars: costOf({ usage: one.usage, memoryMb: one.memoryMb }, prices).dollars },
    );
    if (flags.json) output.json(runs);
    else if (runs.length === 0) output.note(`no run of ${connector} in 30 days copied anything or failed`);
    else output.result(renderRuns(runs));
    return EXIT.ok;
  });
