import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
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

/** Finds a package as Node does from a folder. Rejects if it is not installed. */
export async function findPackage(name: string, from: string): Promise<FoundPackage> {
  const folder = path.join(from, 'node_modules', name);
  const file = path.join(folder, 'package.json');
  if (await exists(file)) return { folder: await realpath(folder), manifest: JSON.parse(await readFile(file, 'utf8')) };
  if (from === path.dirname(from)) throw new Error('it is not installed');
  return findPackage(name, path.dirname(from));
}
