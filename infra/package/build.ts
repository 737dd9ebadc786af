/**
 * This builds what the npm package holds besides its sources: the command line, the page of the console, the plugin for osls, the functions,
 * what `init` and `new` write, and what connector packages import.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { functionsArchive } from '../serverless/bundle/functions-archive.ts';
import { noticesOf } from '../serverless/bundle/notices.ts';
import { authorModules } from './author-modules.ts';
import { commandLineOptions } from './command-line-options.ts';
import { consolePage } from './console-page.ts';
import { packagedService } from './packaged-service.ts';

const project = path.resolve(import.meta.dirname, '../..');
const dist = path.join(project, 'dist');

/** The command line and the plugin share most of what they load, so they are one bundle of several files. */
async function buildCommandLine(): Promise<Metafile> {
  const { metafile } = await build({
    ...commandLineOptions,
    absWorkingDir: project,
    entryPoints: { main: 'src/cli/main.ts', 'connect-plugin': 'infra/serverless/connect-plugin.ts', region: 'infra/serverless/region.ts' },
    outdir: path.join(dist, 'cli'),
    metafile: true,
    logLevel: 'error',
  });
  return metafile;
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
const page = await consolePage();
await mkdir(path.join(dist, 'console'));
for (const [name, content] of Object.entries(page.files)) await writeFile(path.join(dist, 'console', name), content);
const metafiles = [await buildCommandLine(), page.metafile, ...(await authorModules(project, dist))];
await writeFile(path.join(dist, 'LICENCES-OF-DEPENDENCIES.txt'), await noticesOf(metafiles));
// osls loads these with `require`.
await writeFile(path.join(dist, 'plugin.cjs'), "module.exports = require('./cli/connect-plugin.js').default;\n");
await writeFile(path.join(dist, 'region.cjs'), "module.exports = require('./cli/region.js').default;\n");
await writeFile(path.join(dist, 'functions.zip'), await functionsArchive((text) => process.emitWarning(text)));
for (const made of ['folder', 'connector']) await cp(path.join(import.meta.dirname, made), path.join(dist, made), { recursive: true });
const service = packagedService(await readFile(path.join(project, 'serverless.yml'), 'utf8'));
await writeFile(path.join(dist, 'folder/serverless.yml'), service);
