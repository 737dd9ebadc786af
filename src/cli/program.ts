import { Command } from 'commander';
import { useRegion } from '../aws/region.ts';
import type { CommandSpec } from './command-specs/command-spec.ts';
import { commands, groups } from './commands.ts';
import { commonOptions, type Flags, regionOption, tableOption, targetOptions } from './shared/options.ts';
import { EXIT } from './terminal/exit-code.ts';
import { reportFailure } from './terminal/failures.ts';
import { createOutput } from './terminal/output.ts';

const FILES = 'files, folders of *.yml, or - for standard input';

const EXIT_CODES = `
Exit codes: ${EXIT.ok} done, ${EXIT.failure} a system or a task failed, ${EXIT.usage} wrong command line or connector file,
            ${EXIT.interrupted} interrupted`;

/** Creates the command line. It calls `finish` with the exit code of the command that ran. */
export function createProgram(version: string, finish: (code: number) => void): Command {
  const program = new Command('rocketmq-connect')
    .description('Copies data from other systems into Apache RocketMQ, in functions on AWS or on this machine.')
    .version(version)
    .helpCommand('help [command]', 'Explain a command')
    .exitOverride()
    .showHelpAfterError('see `rocketmq-connect help`')
    .addHelpText('after', EXIT_CODES);
  // A short command starts faster if nothing sets up the others.
  const asked = commands.filter(({ usage }) => usage.split(' ')[0] === process.argv[2]);
  for (const spec of asked.length > 0 ? asked : commands) addCommand(program, spec, finish);
  return program;
}

/** Finds or adds the command that a group of commands stands behind. */
function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known !== undefined) return known;
  return program
    .command(name)
    .description(groups[name] as string)
    .exitOverride()
    .showHelpAfterError(`see \`rocketmq-connect ${name} --help\``)
    .helpCommand(false);
}

function addCommand(program: Command, spec: CommandSpec, finish: (code: number) => void): void {
  const words = spec.usage.split(' ');
  const group = groups[words[0] ?? ''] === undefined ? undefined : groupOf(program, words.shift() as string);
  const [name = '', ...args] = words;
  const full = spec.usage.replace(/ [<[].*/, '');
  const command = (group ?? program)
    .command(name)
    .description(spec.description)
    .exitOverride()
    .showHelpAfterError(`usage: rocketmq-connect ${spec.usage}; see \`rocketmq-connect ${full} --help\``)
    .addHelpText('after', `\nExample:\n  ${spec.example}`);
  for (const argument of args) command.argument(argument, argument.includes('file') ? FILES : '');
  const local = [tableOption(), regionOption()];
  const target = spec.target === undefined ? [...targetOptions(), ...local] : spec.target === 'local' ? local : [];
  const options = [...(spec.options ?? []), ...target, ...commonOptions()];
  for (const option of options) command.addOption(option);
  command.action(async (...values: unknown[]) => {
    const flags = command.opts<Flags & Record<string, unknown>>();
    useRegion(flags.region);
    const { run } = await spec.load();
    const given = values
      .slice(0, -2)
      .flat()
      .filter((value) => value !== undefined);
    const output = createOutput(flags);
    finish(await run(given as string[], flags, output).catch((error) => reportFailure(error, output)));
    output.end();
  });
}
