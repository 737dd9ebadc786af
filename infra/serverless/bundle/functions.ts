import path from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from './options.ts';

/** Where functions begin, from the project's root. */
const ENTRIES = ['functions/planner.ts', 'functions/task.ts'];

const project = path.resolve(import.meta.dirname, '../../..');

export interface BundleRequest {
  /** Where the files go. */
  readonly folder: string;
  /** Begins of bundles beside those of the functions, from the project's root. */
  readonly others?: readonly string[];
}

/** Bundles the functions as they are deployed, in one go, so that what both need is there once. */
export async function bundleFunctions({ folder, others = [] }: BundleRequest) {
  const { metafile } = await build({
    ...bundleOptions,
    absWorkingDir: project,
    entryPoints: [...ENTRIES, ...others],
    outdir: folder,
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    metafile: true,
    logLevel: 'error',
  });
  return metafile;
}
