import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync, type Zippable, zipSync } from 'fflate';
import { ConnectError } from '../../../src/api/index.ts';
import { exists } from '../../../src/cli/init/exists.ts';
import { packageRoot } from '../../../src/cli/init/installed-package.ts';
import type { NamedPackage } from '../../../src/cli/project/connector-packages.ts';
import { type FoundPackage, findPackage } from '../../../src/cli/project/find-package.ts';
import { MTIME } from '../bundle/functions-archive.ts';
import { PACKAGES_FILE, packagesText } from '../bundle/packages-file.ts';

/** The name of this package. */
const OWN = 'rocketmq-connect-serverless';

/**
 * Returns the functions' archive with connector packages in its `node_modules`, each with its dependencies. Equal packages give equal
 * archives.
 */
export async function withConnectors(archive: Uint8Array, named: readonly NamedPackage[]): Promise<Uint8Array> {
  const files: Zippable = { ...unzipSync(archive), [PACKAGES_FILE]: Buffer.from(packagesText(named.map(({ name }) => name))) };
  await addContract(files);
  for (const [place, folder] of await placesOf(named)) await addFiles(files, folder, place);
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: 9, mtime: MTIME });
}

/** The modules that connector packages import. */
async function addContract(files: Zippable): Promise<void> {
  const root = await packageRoot();
  const modules = path.join(root, 'dist/author');
  if (!(await exists(modules))) {
    throw new ConnectError('CONFIG_INVALID', 'this is a checkout without a built package', { remedy: 'run `npm run prepack` first' });
  }
  await addFiles(files, modules, `node_modules/${OWN}/dist/author`);
  files[`node_modules/${OWN}/package.json`] = await readFile(path.join(root, 'package.json'));
}

/** A linked package is a folder that someone works in. */
const LEFT_OUT = /^(node_modules|\..*|.*\.tgz)$/;

/** Adds everything in a folder except what npm installed into it, hidden files and archives. */
async function addFiles(files: Zippable, folder: string, place: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (LEFT_OUT.test(entry.name)) continue;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) await addFiles(files, full, `${place}/${entry.name}`);
    else if (entry.isFile()) files[`${place}/${entry.name}`] = await readFile(full);
  }
}

/** A package with a place in the tree, and the package above it. */
interface Placed extends FoundPackage {
  readonly place: string;
}

/**
 * Decides where each package and each dependency goes: to the top, or below its dependent if another version is at the top. It works level
 * by level, so that a later package hides nothing from an earlier one.
 */
export async function placesOf(named: readonly NamedPackage[]): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>();
  let level: Placed[] = [];
  for (const { name, project } of named) {
    const found = await findPackage(name, project);
    places.set(`node_modules/${name}`, found.folder);
    level.push({ ...found, place: `node_modules/${name}` });
  }
  while (level.length > 0) {
    const next: Placed[] = [];
    for (const dependent of level) {
      for (const { name, found } of await dependenciesOf(dependent)) {
        const seen = placesAbove(dependent.place, name).find((place) => places.has(place));
        if (seen !== undefined && places.get(seen) === found.folder) continue;
        const place = seen === undefined ? `node_modules/${name}` : `${dependent.place}/node_modules/${name}`;
        places.set(place, found.folder);
        next.push({ ...found, place });
      }
    }
    level = next;
  }
  return places;
}

/** Returns the places where Node looks for a package, in its order. */
function placesAbove(place: string, name: string): string[] {
  const parts = place.split('/node_modules/');
  return [...parts.keys()]
    .reverse()
    .map((index) => `${parts.slice(0, index + 1).join('/node_modules/')}/node_modules/${name}`)
    .concat(`node_modules/${name}`);
}

async function dependenciesOf({ folder, manifest, place }: Placed): Promise<Array<{ name: string; found: FoundPackage }>> {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
  const wanted = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter((name) => name !== OWN);
  const found = await Promise.all(
    wanted.map(async (name) => {
      try {
        return [{ name, found: await findPackage(name, folder) }];
      } catch (error) {
        if (dependencies[name] === undefined || optionalDependencies[name] !== undefined) return [];
        const dependent = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
        throw new ConnectError('NOT_FOUND', `package ${name}, which ${dependent} depends on, is not installed`, {
          remedy: 'run npm install',
          cause: error,
        });
      }
    }),
  );
  return found.flat();
}
