import { stringify } from 'yaml';
import type { ConfigResult } from '../../runtime/planner-api.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const config = await ask<ConfigResult>(planner, { action: 'config', connector });
    if (flags.json) output.json(config);
    else output.result(stringify(config.file).trimEnd());
    return EXIT.ok;
  });
