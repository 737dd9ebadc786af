import type { Output } from '../terminal/output.ts';
import type { Flags } from './options.ts';

/** Resolves with the exit code. */
export type CommandRun = (args: string[], flags: Flags & Record<string, unknown>, output: Output) => Promise<number>;
