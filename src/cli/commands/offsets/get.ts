import type { OffsetsResult } from '../../../runtime/planner-api.ts';
import { renderTable } from '../../render/table.ts';
import type { CommandRun } from '../../shared/command-run.ts';
import { withTarget } from '../../target/target.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { ask } from '../../terminal/failures.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const result = await ask<OffsetsResult>(planner, { action: 'offsets', connector, lag: flags.lag === true });
    if (flags.json) output.json(result);
    else {
      const rows = result.offsets.map(({ partition, task, position = 'never read', lag = 'unknown' }) => {
        const place = [partition, String(task), position];
        return flags.lag ? [...place, String(lag)] : place;
      });
      output.result(renderTable(['partition', 'task', 'position', ...(flags.lag ? ['lag'] : [])], rows));
      if (result.lagUnknown !== undefined) output.note(`lag unknown: ${result.lagUnknown}`);
    }
    return EXIT.ok;
  });
