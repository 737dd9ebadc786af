import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { mergeChunks } from '../../../infra/serverless/bundle/merge-chunks.ts';

/** Two functions share `counter`, which counts in the whole process; both load `later` when they are called. */
const SOURCES = {
  'functions/one.js': `
    import { next } from '../counter.js';
    import { both } from '../both.js';
    export const run = async () => [next(), both, (await import('../later.js')).later()];`,
  'functions/two.js': `
    import { both as b } from '../both.js';
    export const run = async () => [b, (await import('../later.js')).later()];`,
  'counter.js': 'let count = 0; export const next = () => ++count; export const unused = 1;',
  'both.js': `globalThis.order = [...(globalThis.order ?? []), 'both']; export const both = 'both';`,
  'later.js': `import { next } from './counter.js'; import { both } from './both.js'; export const later = () => next() + both;`,
};

describe('chunks that a function loads when it starts, in one file', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'merge-chunks-'));
    await mkdir(path.join(root, 'functions'));
    for (const [file, text] of Object.entries(SOURCES)) await writeFile(path.join(root, file), text);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('are the same to all that import them, and load once', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['functions/one.js', 'functions/two.js'],
      outdir: 'out',
      outbase: '.',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      splitting: true,
      format: 'esm',
      metafile: true,
    });
    const before = await run();
    expect(before).toEqual({ one: [1, 'both', '2both'], two: ['both', '3both'], order: ['both'] });

    const merged = await mergeChunks({ metafile, root, entry: 'functions/one.js', file: 'common.mjs' });

    expect(await run()).toEqual(before);
    const files = await readdir(path.join(root, 'out'), { recursive: true });
    expect(files.filter((file) => file.endsWith('.mjs')).sort()).toEqual([
      'common.mjs',
      'functions/one.mjs',
      'functions/two.mjs',
      expect.stringMatching(/^later-/),
    ]);
    expect(
      Object.keys(merged.outputs)
        .map((output) => path.relative('out', output))
        .sort(),
    ).toEqual(files.filter((file) => file.endsWith('.mjs')).sort());
    expect(Object.keys(merged.outputs['out/common.mjs']?.inputs ?? {}).sort()).toEqual(['both.js', 'counter.js']);
    const imports = Object.values(merged.outputs).flatMap((output) => output.imports.map((each) => each.path));
    for (const each of imports) expect(merged.outputs).toHaveProperty([each]);
  });

  it('names an entry point that the bundle lacks', async () => {
    const merging = mergeChunks({ metafile: { inputs: {}, outputs: {} }, root, entry: 'functions/three.js', file: 'common.mjs' });
    await expect(merging).rejects.toThrow('the bundle has no entry point functions/three.js');
  });

  async function run(): Promise<unknown> {
    const script = `
      const [one, two] = await Promise.all(['one', 'two'].map((name) => import(process.argv[1] + name + '.mjs')));
      console.log(JSON.stringify({ one: await one.run(), two: await two.run(), order: globalThis.order }));`;
    const args = ['--input-type=module', '-e', script, `${path.join(root, 'out', 'functions')}/`];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  }
});
