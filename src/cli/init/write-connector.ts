import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConnectError, type Direction } from '../../api/index.ts';
import { connectorTypes } from '../../connectors/registry.ts';
import { exists } from './exists.ts';
import { installedPackage } from './installed-package.ts';

/** The names in the example derive from this one. */
const EXAMPLE = 'folder-lines';
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Creates the package of a connector that copies lines of text files, from them or to them, and gives it these names. Resolves to the written files, as
 * paths in the folder. Throws CONFIG_INVALID if the name is invalid or taken, or the folder already exists.
 */
export async function writeConnector(folder: string, name: string, direction: Direction): Promise<string[]> {
  if (!NAME.test(name) || name.length > 40) {
    throw new ConnectError('CONFIG_INVALID', `${JSON.stringify(name)} is not a package name`, {
      remedy: 'choose up to 40 lowercase letters, digits and -, starting with a letter',
    });
  }
  const type = `${systemOf(name, direction)}-${direction}`;
  if (Object.hasOwn(connectorTypes, type)) {
    throw new ConnectError('CONFIG_INVALID', `this product has a connector type ${type}`, { remedy: 'choose another name' });
  }
  if (await exists(folder)) throw new ConnectError('CONFIG_INVALID', `${folder} already exists`, { remedy: 'choose another name' });
  const { name: own, root, spec, archive, version } = await installedPackage(folder);
  const from = path.join(root, 'dist/connector', direction);
  const written: string[] = [];
  const write = async (file: string, text: string) => {
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
    written.push(file);
  };
  for await (const file of glob('**/*.{js,json,md}', { cwd: from })) {
    const text = renamed(await readFile(path.join(from, file), 'utf8'), name, direction);
    // The example has no package.json, because tools would take it for a package of this project.
    if (file === 'manifest.json') await write('package.json', withDependency(text, own, spec, version));
    else await write(file, text);
  }
  await write('.gitignore', 'node_modules/\n');
  await archive?.putInto(folder);
  return [...written, ...(archive === undefined ? [] : [archive.name])].sort();
}

/** The type is NAME-source or NAME-sink, even if the package has that name itself. */
function renamed(text: string, name: string, direction: Direction): string {
  const system = systemOf(name, direction);
  return text
    .replaceAll(`${EXAMPLE}-${direction}`, `${system}-${direction}`)
    .replaceAll(EXAMPLE, name)
    .replaceAll(pascal(EXAMPLE), pascal(system))
    .replaceAll(camel(EXAMPLE), camel(system));
}

const systemOf = (name: string, direction: Direction): string =>
  name.length > direction.length + 1 && name.endsWith(`-${direction}`) ? name.slice(0, -direction.length - 1) : name;

const pascal = (name: string): string => name.replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());

const camel = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A project that deploys the connector has this package, and the connector's tests need it. */
function withDependency(text: string, own: string, spec: string, version: string): string {
  const manifest = { ...JSON.parse(text), peerDependencies: { [own]: `>=${version}` }, devDependencies: { [own]: spec } };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
