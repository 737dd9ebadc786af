import type { SkipResult } from '../../runtime/planner-api.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

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
