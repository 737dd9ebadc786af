import type { ShownLetter } from '../../../runtime/planner-api.ts';
import { renderLetter } from '../../render/letters.ts';
import type { CommandRun } from '../../shared/command-run.ts';
import { withTarget } from '../../target/target.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { ask } from '../../terminal/failures.ts';

export const run: CommandRun = ([connector = '', place = ''], flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const { topic } = flags as { topic?: string };
    const letter = await ask<ShownLetter>(planner, { action: 'dead-letter', connector, place, ...(topic && { topic }) });
    if (flags.json) output.json(letter);
    else output.result(renderLetter(letter));
    return EXIT.ok;
  });
