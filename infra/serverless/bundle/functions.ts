import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { kafkaWasmApart, writeKafkaWasm } from './kafka-wasm.ts';
import { mergeChunks } from './merge-chunks.ts';
import { bundleOptions } from './options.ts';
import { PACKAGES_FILE, packagesApart, packagesText } from './packages-file.ts';

/** The entry points of the functions, from the project's root. */
const ENTRIES = ['functions/planner.ts', 'functions/task.ts', 'functions/watch.ts', 'functions/api.ts'];

const project = path.resolve(import.meta.dirname, '../../..');

export interface BundleRequest {
  /** The folder for the files. */
  readonly folder: string;
  /** Entry points of bundles beside the functions, from the project's root. */
  readonly others?: readonly string[];
}

/** Bundles the functions for deployment together, so that they share what both need. */
export async function bundleFunctions({ folder, others = [] }: BundleRequest) {
  const { version } = JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8')) as { version: string };
  const place = { absWorkingDir: project, outdir: folder };
  const { metafile } = await build({
    ...bundleOptions,
    ...place,
    define: { 'process.env.ROCKETMQ_CONNECT_VERSION': JSON.stringify(version) },
    plugins: [...bundleOptions.plugins, packagesApart, kafkaWasmApart],
    entryPoints: [...ENTRIES, ...others],
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    metafile: true,
    logLevel: 'error',
  });
  await writeFile(path.join(folder, PACKAGES_FILE), packagesText([]));
  const wasm = await writeKafkaWasm(place);
  const merged = await mergeChunks({ metafile, root: project, entry: 'functions/task.ts', file: 'common.mjs' });
  return { inputs: { ...merged.inputs, ...wasm.inputs }, outputs: { ...merged.outputs, ...wasm.outputs } };
}
