import { createInterface } from 'node:readline/promises';
import { EXIT } from '../exit-code.ts';
import { ask } from '../failures.ts';
import { inTurn } from '../in-turn.ts';
import type { CommandRun } from '../program.ts';
import { withTarget } from '../target.ts';

export const run: CommandRun = async (names, flags, output) => {
  if (!flags.yes) {
    if (!process.stdin.isTTY) {
      output.problem('CONFIG_INVALID: delete asks before it removes positions, and there is no terminal; pass --yes');
      return EXIT.usage;
    }
    if (!(await confirmed(`Delete ${names.join(', ')} with all positions? [y/N] `))) return EXIT.failure;
  }
  return withTarget(flags, output, ({ planner }) =>
    inTurn(names, output, async (connector) => {
      await ask(planner, { action: 'delete', connector });
      output.result(`${connector}: deleted`);
    }),
  );
};

async function confirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
