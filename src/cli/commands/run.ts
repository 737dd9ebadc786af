import type { CommandRun } from '../shared/command-run.ts';
import { runConnector } from '../shared/run-connector.ts';
import { withTarget } from '../target/target.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async (target) => {
    const tasks = flags.task as readonly number[] | undefined;
    const { code, result } = await runConnector(target, connector, { tasks, once: flags.untilCaughtUp !== true }, flags, output);
    if (flags.json) output.json(result);
    return code;
  });
