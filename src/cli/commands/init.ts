import path from 'node:path';
import { writeFolder } from '../init/write-folder.ts';
import type { CommandRun } from '../shared/command-run.ts';
import { EXIT } from '../terminal/exit-code.ts';

export const run: CommandRun = async ([folder = '.'], flags, output) => {
  const written = await writeFolder(path.resolve(folder), String(flags.type));
  output.result(written.map((file) => path.join(folder, file)).join('\n'));
  output.note(
    `Next: ${folder === '.' ? '' : `cd ${folder} && `}npm install, set addresses in connectors/, npx sls deploy; README.md explains each step`,
  );
  return EXIT.ok;
};
