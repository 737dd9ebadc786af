import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { commands } from '../../../src/cli/commands.ts';
import { createProgram } from '../../../src/cli/program.ts';

/** What `rocketmq-connect ... --help` prints. */
function helpOf(words: readonly string[]): string {
  const program = createProgram('0.1.0', () => undefined);
  const command = words.reduce<Command>((of, word) => of.commands.find((one) => one.name() === word) as Command, program);
  let said = '';
  command.configureOutput({
    writeOut: (text) => {
      said += text;
    },
  });
  command.outputHelp();
  return said;
}

describe('the help of a command', () => {
  it.each(commands.map(({ usage }) => usage.replace(/ [<[].*/, '')))('%s ends with an example', (name) => {
    expect(helpOf(name.split(' '))).toMatch(new RegExp(`\\nExample:\\n  rocketmq-connect ${name} ?.*\\n$`));
  });
});
