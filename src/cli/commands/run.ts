import type { CommandRun } from '../shared/command-run.ts';
import { mayWorkOn } from '../shared/confirm-many.ts';
import { inTurn } from '../shared/in-turn.ts';
import { matchingNames } from '../shared/matching-names.ts';
import { runConnector } from '../shared/run-connector.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';

export const run: CommandRun = (given, flags, output) =>
  withTarget(flags, output, async (target) => {
    const tasks = flags.task as readonly number[] | undefined;
    const names = await matchingNames(target.planner, given);
    const results: unknown[] = [];
    const codes: number[] = [];
    if (!(await mayWorkOn(names, 'run', flags.yes === true, output))) codes.push(EXIT.failure);
    else {
      const thrown = await inTurn(
        names,
        output,
        async (connector) => {
          if (codes.includes(EXIT.interrupted)) return;
          const { code, result } = await runConnector(target, connector, { tasks, once: flags.untilCaughtUp !== true }, flags, output);
          codes.push(code);
          results.push(result);
        },
        (connector) => ({ connector }),
      );
      codes.push(thrown);
    }
    if (flags.json) output.json(results.flat());
    return Math.max(EXIT.ok, ...codes);
  });
