import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { loadedFiles } from './loaded-files.ts';

/** How esbuild writes imports of a chunk in minified files. */
const IMPORT = /import(?:\{([^{}]*)\}from)?"((?:\.{1,2}\/)+chunk-[A-Z0-9]{8}\.mjs)";/g;

export interface MergeRequest {
  /** What the bundle's files are now, by their paths from `root`. This changes the files themselves. */
  readonly metafile: Metafile;
  readonly root: string;
  /** The entry point that loads these chunks when it starts, from `root`. */
  readonly entry: string;
  /** The file that they become, in the folder that they are in. */
  readonly file: string;
}

/**
 * Puts all chunks that an entry point loads at its start into one file, and returns what the bundle's files are then. esbuild makes a chunk
 * for each set of entry points that share code, and Node takes 0.3 ms to load each, however small it is. Other entry points that need one
 * of these chunks load the file, too. Throws where the bundle has no such entry point.
 */
export async function mergeChunks({ metafile: { inputs, outputs }, root, entry, file }: MergeRequest): Promise<Metafile> {
  const start = Object.keys(outputs).find((output) => outputs[output]?.entryPoint === entry);
  if (start === undefined) throw new Error(`the bundle has no entry point ${entry}`);
  const chunks = [...loadedFiles(outputs, [start])].filter((output) => output !== start);
  /** `a` of the first chunk becomes `a0`. */
  const indexes = new Map(chunks.map((chunk, index) => [path.resolve(root, chunk), index]));
  const exported = chunks.map(() => new Set<string>());

  const kept = Object.keys(outputs).filter((output) => !chunks.includes(output));
  for (const output of kept.filter((output) => output.endsWith('.mjs'))) {
    const folder = path.dirname(path.resolve(root, output));
    const text = await readFile(path.resolve(root, output), 'utf8');
    const changed = text.replace(IMPORT, (whole, names: string | undefined, specifier: string) => {
      const index = indexes.get(path.resolve(folder, specifier));
      if (index === undefined) return whole;
      const from = JSON.stringify(path.posix.join(path.dirname(specifier), file).replace(/^(?!\.)/, './'));
      if (names === undefined) return `import${from};`;
      const renamed = names.split(',').map((name) => {
        const [inChunk = '', local = inChunk] = name.split(' as ');
        exported[index]?.add(inChunk);
        return `${inChunk}${index} as ${local}`;
      });
      return `import{${renamed.join(',')}}from${from};`;
    });
    if (changed !== text) await writeFile(path.resolve(root, output), changed);
  }

  const exports = [...indexes].map(([chunk, index]) => {
    const names = [...(exported[index] ?? [])].map((name) => `${name} as ${name}${index}`);
    return `export{${names.join(',')}}from${JSON.stringify(chunk)};`;
  });
  const merged = path.join(path.dirname(chunks[0] ?? ''), file);
  const { metafile } = await build({
    stdin: { contents: exports.join('\n'), resolveDir: root },
    outfile: path.resolve(root, merged),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    plugins: [laterApart],
    metafile: true,
    logLevel: 'error',
  });
  await Promise.all([...indexes.keys()].map((chunk) => rm(chunk)));
  const [{ bytes } = { bytes: 0 }] = Object.values(metafile.outputs);
  return { inputs, outputs: mergedOutputs(outputs, chunks, merged, bytes) };
}

/** Leaves files apart that a chunk loads later. */
const laterApart: Plugin = {
  name: 'files that are loaded later',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ path, kind }) => (kind === 'dynamic-import' ? { path, external: true } : undefined));
  },
};

type Outputs = Metafile['outputs'];

function mergedOutputs(outputs: Outputs, chunks: readonly string[], merged: string, bytes: number): Outputs {
  const parts = chunks.flatMap((chunk) => outputs[chunk] ?? []);
  const moved = ({ imports, ...rest }: Outputs[string]): Outputs[string] => ({
    ...rest,
    imports: imports.map((each) => (chunks.includes(each.path) ? { ...each, path: merged } : each)),
  });
  const kept = Object.entries(outputs).filter(([output]) => !chunks.includes(output));
  return {
    ...Object.fromEntries(kept.map(([output, value]) => [output, moved(value)])),
    [merged]: {
      bytes,
      inputs: Object.assign({}, ...parts.map(({ inputs }) => inputs)),
      imports: parts.flatMap(({ imports }) => imports).filter((each) => each.external || !chunks.includes(each.path)),
      exports: [],
    },
  };
}
