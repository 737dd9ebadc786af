import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../init/installed-package.ts';

/** The version in this package's own package.json. */
export async function productVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(await packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
