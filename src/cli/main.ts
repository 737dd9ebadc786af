import { readFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { EXIT } from './terminal/exit-code.ts';
import { createOutput, outliveReaders } from './terminal/output.ts';

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

outliveReaders();
try {
  await createProgram(version, (code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error.exitCode !== 0 && process.argv.includes('--json')) refuse(error);
}

/** Prints the error as JSON. Commander has already printed it for people. */
function refuse({ message }: CommanderError): void {
  const output = createOutput({ json: true });
  output.failed({
    code: 'CONFIG_INVALID',
    message: message.replace(/^error: /, ''),
    retriable: false,
    remedy: 'run the command with --help',
  });
  output.end();
}
