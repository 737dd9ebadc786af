import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.ts';

/** Installs the programs of a server on this machine. */
export interface Installer {
  /** Where the programs come from, for people, such as `Maven Central`. */
  readonly from: string;
  /** What is installed, as text. Another text gets another folder. */
  contents(): Promise<string>;
  /** Puts the programs into an empty folder. Throws StackError. */
  install(folder: string, server: string): Promise<void>;
  /** Throws StackError if this machine lacks what the programs need to run. */
  requirements(): Promise<void>;
}

/** An installation may take at most this long. */
export const INSTALL_LIMIT_MS = 15 * 60_000;

/** Returns the folder with the programs of a server. Its name depends on what was asked for, so that a new version gets a new folder. */
export async function programFolder(installer: Installer, server: string, libDir: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await installer.contents())
    .digest('hex')
    .slice(0, 12);
  return join(libDir, `${server}-${hash}`);
}

/** Fills `folder`, once. A folder that exists is complete. All stacks of the machine that use this folder share it. */
export async function installOnce(
  installer: Installer,
  folder: string,
  server: string,
  onProgress: (line: string) => void = () => {},
): Promise<void> {
  if (await exists(folder)) return;
  await withLock(`${folder}.lock`, INSTALL_LIMIT_MS, async () => {
    if (await exists(folder)) return;
    onProgress(`${server}: downloading from ${installer.from} (once) ...`);
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    try {
      await installer.install(partial, server);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
    await rename(partial, folder);
    onProgress(`${server}: downloaded`);
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
