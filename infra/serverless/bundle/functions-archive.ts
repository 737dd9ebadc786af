import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { bundleFunctions } from './functions.ts';
import { addNativeCrc32 } from './native-crc32.ts';
import { noticesOf } from './notices.ts';

/** A constant time, so that equal functions are equal archives and a deployment sees that there is nothing to upload. */
export const MTIME = '2000-01-01T00:00:00';

/** Returns the functions with all that they need, and its licences, as a zip file. It calls `warn` about what it could not include. */
export async function functionsArchive(warn: (text: string) => void): Promise<Uint8Array> {
  const folder = await mkdtemp(path.join(tmpdir(), 'functions-'));
  try {
    const metafile = await bundleFunctions({ folder });
    await writeFile(path.join(folder, 'licences.txt'), await noticesOf([metafile]));
    await addNativeCrc32(folder, warn);
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
