import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { commandLineOptions } from '../package/command-line-options.ts';
import { consolePage } from '../package/console-page.ts';
import { bundleOptions } from '../serverless/bundle/options.ts';

/**
 * Bundles the programs that tests start hundreds of times, into a folder inside the project, because most of the time of their starts goes
 * into finding and compiling hundreds of sources. Returns what the tests' environment must have to start these instead of the sources.
 */
export async function buildTestPrograms(project: string, folder: string): Promise<Readonly<Record<string, string>>> {
  const options = { absWorkingDir: project, logLevel: 'error' } as const;
  const worker = join(folder, 'worker');
  // It is laid out as the npm package is: the command line reads the version there, and the starter looks for it there.
  const command = join(folder, 'command');
  await Promise.all([
    build({ ...bundleOptions, ...options, minify: false, entryPoints: { worker: 'test/support/crash/worker-process.ts' }, outdir: worker }),
    build({ ...commandLineOptions, ...options, entryPoints: { main: 'src/cli/main.ts' }, outdir: join(command, 'dist', 'cli') }),
    cp(join(project, 'bin'), join(command, 'bin'), { recursive: true }),
    writePage(join(command, 'dist', 'console')),
  ]);
  const { version, type } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
  await writeFile(join(command, 'package.json'), JSON.stringify({ version, type }));
  return { TEST_WORKER: join(worker, 'worker.js'), TEST_COMMAND: join(command, 'bin', 'rocketmq-connect.js') };
}

async function writePage(folder: string): Promise<void> {
  const { files } = await consolePage();
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}
