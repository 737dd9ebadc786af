import type { Option } from 'commander';
import type { CommandRun } from '../shared/command-run.ts';

/** The name, help text, options and code of one command. */
export interface CommandSpec {
  /** The name and the arguments, in commander's notation. Two names are a group of commands and one of it. */
  readonly usage: string;
  readonly description: string;
  readonly example: string;
  readonly options?: readonly Option[];
  /** The targets that the command can work on. By default it works on any. */
  readonly target?: 'none' | 'local';
  /** Loads the command's code when the command runs, so that the command line starts fast. */
  readonly load: () => Promise<{ readonly run: CommandRun }>;
}
