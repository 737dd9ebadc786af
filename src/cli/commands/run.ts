import type { CommandRun } from '../program.ts';
import { runConnector } from '../run-connector.ts';
import { withTarget } from '../target.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async (target) => {
    const tasks = flags.task as readonly number[] | undefined;
    const { code, result } = await runConnector(target, connector, { tasks, once: flags.untilCaughtUp !== true }, flags, output);
    if (flags.json) output.json(result);
    return code;
  });
