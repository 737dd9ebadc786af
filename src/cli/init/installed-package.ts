import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConnectError } from '../../api/index.ts';
import { exists } from './exists.ts';

/** This package as it is installed, and how another folder gets the same. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Folder of its package.json. */
  readonly root: string;
  /** What a `package.json` names it by. */
  readonly spec: string;
  /** The archive that it was installed from, where that is a file; the spec names it in the folder itself. */
  readonly archive?: string;
  /** The deployment tool that it was tested with, as a `package.json` names it. */
  readonly osls: string;
}

/** What npm keeps in `node_modules` of what it installed. */
interface HiddenLock {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>>;
}

/** Finds out how this package came here, to install it into `folder` the same way. Throws CONFIG_INVALID in a checkout that is not built. */
export async function installedPackage(folder: string): Promise<InstalledPackage> {
  const root = await packageRoot();
  const { name, version, devDependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  if (!(await exists(path.join(root, 'dist/folder')))) {
    throw new ConnectError('CONFIG_INVALID', 'this is a checkout, whose package is not built', {
      remedy: 'deploy from the checkout by `npx sls deploy`, or run `npm run prepack` in it first',
    });
  }
  const known = { name, version, root, osls: devDependencies.serverless };
  const modules = root.slice(0, -name.length);
  if (path.basename(modules) !== 'node_modules') return { ...known, spec: `file:${path.relative(folder, root)}` };
  const lock = await readFile(path.join(modules, '.package-lock.json'), 'utf8').catch(() => '{}');
  const { resolved = '' } = (JSON.parse(lock) as HiddenLock).packages?.[`node_modules/${name}`] ?? {};
  if (resolved.startsWith('git+')) return { ...known, spec: resolved };
  if (!resolved.startsWith('file:')) return { ...known, spec: `^${version}` };
  const archive = path.resolve(modules, '..', resolved.slice('file:'.length));
  if (await exists(archive)) return { ...known, spec: `file:${path.basename(archive)}`, archive };
  throw new ConnectError('CONFIG_INVALID', `${archive}, which this package was installed from, is no longer there`, {
    remedy: 'put it back, or install the package from where it is now',
  });
}

/** Folder of this package, installed or a checkout. */
export async function packageRoot(folder = path.dirname(fileURLToPath(import.meta.url))): Promise<string> {
  return (await exists(path.join(folder, 'package.json'))) ? folder : packageRoot(path.dirname(folder));
}
