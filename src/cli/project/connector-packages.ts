import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConnectError } from '../../api/index.ts';
import type { ConnectorPackages } from '../../connectors/packages.ts';
import { exists } from '../init/exists.ts';
import { findPackage, type Manifest, readManifest } from './find-package.ts';

/** The part of a project's `package.json` under `rocketmq-connect`. */
interface ProjectManifest extends Manifest {
  readonly 'rocketmq-connect'?: { readonly connectors?: unknown } | null;
}

/** A connector package that a project names. */
export interface NamedPackage {
  readonly name: string;
  /** The folder of the project. */
  readonly project: string;
}

/**
 * Returns the packages that the project of `folder` names. The nearest `package.json` belongs to the project. Throws CONFIG_INVALID if it
 * says something else there.
 */
export async function namedPackages(folder: string): Promise<NamedPackage[]> {
  const file = path.join(folder, 'package.json');
  if (!(await exists(file))) return folder === path.dirname(folder) ? [] : namedPackages(path.dirname(folder));
  const names = ((await readManifest(file)) as ProjectManifest | null)?.['rocketmq-connect']?.connectors ?? [];
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && NAME.test(name))) {
    throw new ConnectError('CONFIG_INVALID', `${file}: "rocketmq-connect".connectors is not a list of package names`, {
      remedy: 'write it as "rocketmq-connect": { "connectors": ["my-connector"] }',
    });
  }
  return [...new Set<string>(names)].map((name) => ({ name, project: folder }));
}

const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Returns a function for each package that loads it. */
export const loadersOf = (named: readonly NamedPackage[]): ConnectorPackages =>
  Object.fromEntries(named.map((one) => [one.name, () => importPackage(one)]));

async function importPackage({ name, project }: NamedPackage): Promise<unknown> {
  const { folder, manifest } = await findPackage(name, project);
  const entry = entryOf(manifest);
  if (entry === undefined) throw new Error('its package.json does not name a module to import');
  return import(pathToFileURL(path.join(folder, entry)).href);
}

const CONDITIONS = ['node', 'import', 'module-sync', 'default'];

/** Returns the file that `import` finds for the package's own name. Node only resolves names from the folder of the caller. */
function entryOf({ exports, main }: Manifest): string | undefined {
  if (exports === undefined) return main ?? 'index.js';
  const isMap = typeof exports === 'object' && exports !== null && Object.keys(exports).some((key) => key.startsWith('.'));
  return target(isMap ? (exports as Readonly<Record<string, unknown>>)['.'] : exports);
}

function target(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  for (const [condition, inner] of Object.entries(exports)) {
    const found = Array.isArray(exports) || CONDITIONS.includes(condition) ? target(inner) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
