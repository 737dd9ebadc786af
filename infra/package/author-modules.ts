import { execFile } from 'node:child_process';
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { bundleOptions } from '../serverless/bundle/options.ts';

/** The modules that connector packages may import: folders of `src`, by the names in `exports` of package.json. */
const MODULES = ['api', 'config', 'kit'];
const SUITE = ['conformance'];

/**
 * Builds the modules that connector packages import, into `author` and `suite`, and their types, into `types`. zod's types go with them, because the
 * package depends on nothing.
 */
export async function authorModules(project: string, dist: string): Promise<Metafile[]> {
  // They are apart, because only the first ones go into functions with a connector package.
  const metafiles = [await bundle(MODULES, project, path.join(dist, 'author')), await bundle(SUITE, project, path.join(dist, 'suite'))];
  await emitTypes(project, path.join(dist, 'types'));
  return metafiles;
}

async function bundle(modules: readonly string[], project: string, outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    ...bundleOptions,
    absWorkingDir: project,
    entryPoints: Object.fromEntries(modules.map((name) => [name, `src/${name}/index.ts`])),
    // This is the oldest version that package.json names.
    target: 'node22',
    outdir,
    metafile: true,
    logLevel: 'error',
  });
  return metafile;
}

async function emitTypes(project: string, types: string): Promise<void> {
  const aside = await mkdtemp(path.join(tmpdir(), 'types-'));
  try {
    const tsc = path.join(project, 'node_modules/typescript/bin/tsc');
    const options = ['-p', path.join(import.meta.dirname, 'tsconfig.json'), '--outDir', aside];
    await promisify(execFile)(process.execPath, [tsc, ...options], { cwd: project });
    const seen = new Set<string>();
    for (const name of [...MODULES, ...SUITE]) await copyTypes(path.join(name, 'index.d.ts'), aside, types, seen);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  const zod = path.join(project, 'node_modules/zod');
  for await (const file of glob('{index,v4/{classic,core,locales}/**/*}.d.ts', { cwd: zod }))
    await cp(path.join(zod, file), path.join(types, 'zod', file));
}

/** Copies a file of types and all that it names, which is a small part of what the compiler writes. */
async function copyTypes(file: string, from: string, to: string, seen: Set<string>): Promise<void> {
  if (seen.has(file)) return;
  seen.add(file);
  const folder = path.dirname(file);
  const text = await readFile(path.join(from, file), 'utf8');
  const zod = path.relative(folder, 'zod/index.js').replaceAll(path.sep, '/');
  await mkdir(path.join(to, folder), { recursive: true });
  await writeFile(path.join(to, file), text.replaceAll(/(['"])zod\1/g, `'${zod}'`));
  for (const [, specifier = ''] of text.matchAll(/['"](\.{1,2}\/[^'"]+)\.ts['"]/g))
    await copyTypes(`${path.join(folder, specifier)}.d.ts`, from, to, seen);
}
