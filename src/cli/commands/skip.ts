import type { SkipResult } from '../../runtime/planner-api.ts';
import { EXIT } from '../exit-code.ts';
import { ask } from '../failures.ts';
import type { CommandRun } from '../program.ts';
import { withTarget } from '../target.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const skipped = await ask<SkipResult>(planner, { action: 'skip', connector, place: flags.at as string });
    if (flags.json) output.json(skipped);
    else {
      output.result(`${connector} task ${skipped.task}: the next run skips ${skipped.place} (${skipped.reason})`);
      output.note(`start it with \`rocketmq-connect run ${connector}\`, or wait for its trigger`);
    }
    return EXIT.ok;
  });
