import { createInterface } from 'node:readline/promises';
import { ConnectError } from '../../api/index.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { eachConnector } from '../shared/in-turn.ts';
import { withTarget } from '../target/target.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask } from '../terminal/failures.ts';

export const run: CommandRun = async (names, flags, output) => {
  if (!flags.yes) {
    if (!process.stdin.isTTY) {
      throw new ConnectError('CONFIG_INVALID', 'delete asks for confirmation, and there is no terminal', {
        remedy: 'pass --yes',
      });
    }
    if (!(await confirmed(`Delete ${names.join(', ')} with all positions? [y/N] `))) {
      output.note('nothing was deleted');
      if (flags.json) output.json([]);
      return EXIT.failure;
    }
  }
  return withTarget(flags, output, async ({ planner }) => {
    const deleted: object[] = [];
    const code = await eachConnector(names, output, async (connector) => {
      deleted.push(await ask<object>(planner, { action: 'delete', connector }));
      if (!flags.json) output.result(`${connector}: deleted`);
    });
    if (flags.json) output.json(deleted);
    return code;
  });
};

/** Resolves to false if the terminal closes before an answer. Throws INTERRUPTED at Ctrl-C. */
async function confirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  terminal.on('close', () => resolve(''));
  terminal.on('SIGINT', () => reject(new ConnectError('INTERRUPTED', 'nothing was deleted')));
  terminal.question(question).then(resolve, reject);
  try {
    return /^y(es)?$/i.test((await promise).trim());
  } finally {
    terminal.close();
  }
}
