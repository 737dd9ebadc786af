import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';

const folder = path.resolve(import.meta.dirname, '../../console');
/** These are as they are sent. */
const AS_THEY_ARE = ['index.html', 'icon.svg'];

export interface ConsolePage {
  /** By name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly metafile: Metafile;
}

/** Builds the page of the console: a script, a style sheet, and what names them. */
export async function consolePage(): Promise<ConsolePage> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: path.resolve(folder, '..'),
    entryPoints: { console: 'console/main.tsx' },
    outdir: 'console',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // The licences' texts go into a file beside the bundles.
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const made = outputFiles.map(({ path: file, contents }) => [path.basename(file), contents] as const);
  const others = await Promise.all(
    AS_THEY_ARE.map(async (name) => [name, new Uint8Array(await readFile(path.join(folder, name)))] as const),
  );
  return { files: Object.fromEntries([...made, ...others]), metafile };
}
