import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConnectError } from '../../api/index.ts';
import { exists } from './exists.ts';
import type { InstalledPackage } from './installed-package.ts';

interface Manifest {
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Returns the text of a `package.json` that a deployment needs. It keeps everything that an existing one holds. */
export async function packageJson(folder: string, { name, spec, osls }: Pick<InstalledPackage, 'name' | 'spec' | 'osls'>): Promise<string> {
  const standing = await read(path.join(folder, 'package.json'));
  const needed = { [name]: spec, serverless: osls };
  const lacking = Object.entries(needed).filter(([dependency]) => standing?.dependencies?.[dependency] === undefined);
  const manifest = {
    ...(standing ?? { name: nameOf(folder), private: true }),
    devDependencies: { ...Object.fromEntries(lacking), ...standing?.devDependencies },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

async function read(file: string): Promise<Manifest | undefined> {
  if (!(await exists(file))) return undefined;
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new ConnectError('CONFIG_INVALID', `${file} is not valid JSON`, { remedy: 'correct it, or choose another folder', cause: error });
  }
}

const nameOf = (folder: string): string =>
  path
    .basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'connectors';
