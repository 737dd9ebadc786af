import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConnectError } from '../../api/index.ts';
import { exists } from './exists.ts';
import { installedPackage } from './installed-package.ts';
import { packageJson } from './package-json.ts';

const IGNORED = 'node_modules/\n.serverless/\n';

/**
 * Creates a folder that deploys connectors with this package, and puts an example connector of this type into it. Resolves to the written
 * files, as paths in the folder. Throws CONFIG_INVALID, before it writes anything, if one of them already exists. It keeps an existing
 * package.json and adds what is missing.
 */
export async function writeFolder(folder: string, type: string): Promise<string[]> {
  const { root, archive, ...installed } = await installedPackage(folder);
  const from = (file: string) => readFile(path.join(root, 'dist/folder', file), 'utf8');
  const files = new Map([
    ['serverless.yml', await from('serverless.yml')],
    [`connectors/${type}.yml`, await from(`connectors/${type}.yml`)],
    ['README.md', await from('README.md')],
    ['.gitignore', IGNORED],
  ]);
  for (const file of files.keys()) {
    if (!(await exists(path.join(folder, file)))) continue;
    throw new ConnectError('CONFIG_INVALID', `${folder} already has ${file}`, { remedy: 'choose a new or empty folder' });
  }
  files.set('package.json', await packageJson(folder, installed));
  await mkdir(path.join(folder, 'connectors'), { recursive: true });
  for (const [file, text] of files) await writeFile(path.join(folder, file), text);
  await archive?.putInto(folder);
  return [...files.keys(), ...(archive === undefined ? [] : [archive.name])];
}
