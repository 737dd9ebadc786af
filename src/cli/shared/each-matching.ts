import { type Target, withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Output } from '../terminal/output.ts';
import type { CommandRun } from './command-run.ts';
import { mayWorkOn } from './confirm-many.ts';
import { eachConnector } from './in-turn.ts';
import { matchingNames } from './matching-names.ts';
import type { Flags } from './options.ts';

/** Does a command's work on one connector, shows it to people, and resolves with what `--json` lists. */
export type WorkOnOne = (connector: string, target: Target, output: Output, flags: Flags & Record<string, unknown>) => Promise<unknown>;

/**
 * Makes a command that works on connectors by name and by pattern, one after the other: a failure of one does not keep the others from their
 * turn. It asks first where there are many.
 */
export const eachMatching =
  (command: string, work: WorkOnOne): CommandRun =>
  (given, flags, output) =>
    withTarget(flags, output, async (target) => {
      const names = await matchingNames(target.planner, given);
      const results: unknown[] = [];
      const may = await mayWorkOn(names, command, flags.yes === true, output);
      const code = may
        ? await eachConnector(names, output, async (connector) => void results.push(await work(connector, target, output, flags)))
        : EXIT.failure;
      if (flags.json) output.json(results);
      return code;
    });
