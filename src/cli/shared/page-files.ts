import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConnectError } from '../../api/index.ts';
import type { PageFile } from '../../console/console-context.ts';
import { exists } from '../init/exists.ts';
import { packageRoot } from '../init/installed-package.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Returns the files of the console. The package holds them. A checkout builds them from the sources, so that it shows these. */
export async function pageFiles(): Promise<Readonly<Record<string, PageFile>>> {
  const root = await packageRoot();
  const builder = path.join(root, 'infra/package/console-page.ts');
  return named((await exists(builder)) ? await built(builder) : await packaged(path.join(root, 'dist/console')));
}

type Contents = Readonly<Record<string, Uint8Array>>;

async function built(builder: string): Promise<Contents> {
  // The package has neither this module nor what it needs.
  const { consolePage } = (await import(pathToFileURL(builder).href)) as { consolePage: () => Promise<{ readonly files: Contents }> };
  return (await consolePage()).files;
}

async function packaged(folder: string): Promise<Contents> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new ConnectError('INTERNAL', `the package has no files of the console in ${folder}`, {
      remedy: 'install the package again',
      cause,
    });
  });
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, name))] as const)));
}

const named = (contents: Contents): Readonly<Record<string, PageFile>> =>
  Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [
      name,
      { type: TYPES[path.extname(name)] ?? 'application/octet-stream', content: new Uint8Array(content) },
    ]),
  );
