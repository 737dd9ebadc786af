import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { type Zippable, zipSync } from 'fflate';
import { bundleOptions } from '../serverless/bundle/options.ts';

const FUNCTIONS = ['functions/planner.ts', 'functions/task.ts'];
/** Always the same, so that equal functions are equal archives and a deployment sees that there is nothing to upload. */
const MTIME = '2000-01-01T00:00:00';

/** The functions as a zip file, bundled as a deployment from a checkout bundles them. */
export async function functionsArchive(project: string): Promise<Uint8Array> {
  const folder = await mkdtemp(path.join(tmpdir(), 'functions-'));
  try {
    for (const entry of FUNCTIONS) {
      await build({
        ...bundleOptions,
        absWorkingDir: project,
        entryPoints: [entry],
        outdir: path.join(folder, 'functions'),
        outExtension: { '.js': '.mjs' },
        logLevel: 'error',
      });
    }
    return zipSync(await filesOf(folder), { level: 9, mtime: MTIME });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function filesOf(folder: string): Promise<Zippable> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  const contents = files.sort().map(async (file) => [path.relative(folder, file), await readFile(file)] as const);
  return Object.fromEntries(await Promise.all(contents));
}
