import type { OffsetsResult } from '../../../runtime/planner-api.ts';
import { renderTable } from '../../render/table.ts';
import type { CommandRun } from '../../shared/command-run.ts';
import { withTarget } from '../../target/target.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { ask } from '../../terminal/failures.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const result = await ask<OffsetsResult>(planner, { action: 'offsets', connector });
    if (flags.json) output.json(result);
    else {
      const rows = result.offsets.map(({ partition, task, position = 'never read' }) => [partition, String(task), position]);
      output.result(renderTable(['partition', 'task', 'position'], rows));
    }
    return EXIT.ok;
  });
