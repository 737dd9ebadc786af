import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ConnectError } from '../../api/index.ts';
import { exists } from './exists.ts';

/** This package as it is installed, and how another folder can install the same one. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** The folder of its package.json. */
  readonly root: string;
  /** The version that a `package.json` gives for it. */
  readonly spec: string;
  /** The archive that the spec names in the folder. Absent if the spec names something else. */
  readonly archive?: PackageArchive;
  /** The version of the deployment tool that we tested it with, as a `package.json` gives it. */
  readonly osls: string;
}

export interface PackageArchive {
  /** The name of the file. */
  readonly name: string;
  /** Puts it into the folder, which must exist. */
  putInto(folder: string): Promise<void>;
}

/** The file in which npm keeps what it installed in `node_modules`. */
interface HiddenLock {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>>;
}

/**
 * Finds out how this package was installed, so that `folder` can install it in the same way. Throws CONFIG_INVALID in a checkout without a
 * built package.
 */
export async function installedPackage(folder: string): Promise<InstalledPackage> {
  const root = await packageRoot();
  const { name, version, devDependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  if (!(await exists(path.join(root, 'dist/folder')))) {
    throw new ConnectError('CONFIG_INVALID', 'this is a checkout without a built package', {
      remedy: 'run `npx sls deploy` in the checkout, or `npm run prepack` first',
    });
  }
  const known = { name, version, root, osls: devDependencies.serverless };
  const modules = root.slice(0, -name.length);
  if (path.basename(modules) !== 'node_modules') return { ...known, spec: `file:${path.relative(folder, root)}` };
  const lock = await readFile(path.join(modules, '.package-lock.json'), 'utf8').catch(() => '{}');
  const { resolved = '' } = (JSON.parse(lock) as HiddenLock).packages?.[`node_modules/${name}`] ?? {};
  if (resolved.startsWith('git+')) return { ...known, spec: resolved };
  if (/^https?:/.test(resolved)) return { ...known, spec: `^${version}` };
  const archive = resolved.startsWith('file:')
    ? await archiveAt(path.resolve(modules, '..', resolved.slice('file:'.length)))
    : packed(root, `${name}-${version}.tgz`);
  return { ...known, spec: `file:${archive.name}`, archive };
}

/** The archive from which the package was installed. */
async function archiveAt(file: string): Promise<PackageArchive> {
  if (!(await exists(file))) {
    throw new ConnectError('CONFIG_INVALID', `this package was installed from ${file}, which no longer exists`, {
      remedy: 'put it back, or install the package from where it is now',
    });
  }
  const name = path.basename(file);
  return {
    name,
    async putInto(folder) {
      if (path.dirname(file) !== folder) await copyFile(file, path.join(folder, name));
    },
  };
}

/** npm does not note from where it has installed a package globally, so the package as it is makes another archive. */
const packed = (root: string, name: string): PackageArchive => ({
  name,
  async putInto(folder) {
    // Its scripts build it, and are not part of it.
    await promisify(execFile)('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', path.resolve(folder)], { cwd: root });
  },
});

/** Returns the folder of this package, which is installed or a checkout. */
export async function packageRoot(folder = path.dirname(fileURLToPath(import.meta.url))): Promise<string> {
  return (await exists(path.join(folder, 'package.json'))) ? folder : packageRoot(path.dirname(folder));
}
