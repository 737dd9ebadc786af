import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ConnectError } from '../../api/index.ts';
import { exists } from '../init/exists.ts';

/** The part of a `package.json` that we use. */
export interface Manifest {
  readonly name?: string;
  readonly main?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface FoundPackage {
  /** The real path of the folder, even if `node_modules` has a link to it. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Reads a `package.json`. Throws CONFIG_INVALID, which names the file. */
export async function readManifest(file: string): Promise<unknown> {
  try {
    // As npm does, it takes a file that begins with a byte order mark.
    return JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ConnectError('CONFIG_INVALID', `${file} is not valid JSON`, { remedy: 'correct it', cause: error });
  }
}

/** Finds a package as Node does from a folder. Rejects if it is not installed. */
export async function findPackage(name: string, from: string): Promise<FoundPackage> {
  const folder = path.join(from, 'node_modules', name);
  const file = path.join(folder, 'package.json');
  if (await exists(file)) return { folder: await realpath(folder), manifest: (await readManifest(file)) as Manifest };
  if (from === path.dirname(from)) throw Object.assign(new Error('it is not installed'), { code: 'NOT_INSTALLED' });
  return findPackage(name, path.dirname(from));
}
