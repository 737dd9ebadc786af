import { readFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { EXIT } from './exit-code.ts';
import { reportFailure } from './failures.ts';
import { createOutput } from './output.ts';
import { createProgram } from './program.ts';

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

try {
  await createProgram(version, (code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else
    process.exitCode = reportFailure(error, createOutput({ verbose: process.argv.includes('--verbose') || process.argv.includes('-v') }));
}
