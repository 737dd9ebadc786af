import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock.ts';
import { StackError } from './stack-error.ts';

const run = promisify(execFile);
const DOWNLOAD_LIMIT_MS = 15 * 60_000;

/** Where the jars of a server are: the folder's name holds what its pom.xml says, so that a new version gets a new folder. */
export async function jarFolder(pom: string, server: string, libDir: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12);
  return join(libDir, `${server}-${hash}`);
}

/** Fetches the jars that pom.xml names into `folder`, once; a folder that exists is complete. Shared by every stack of the machine that has this folder. */
export async function fetchJars(pom: string, folder: string, server: string, onProgress: (line: string) => void): Promise<void> {
  if (await exists(folder)) return;
  await withLock(`${folder}.lock`, DOWNLOAD_LIMIT_MS, async () => {
    if (await exists(folder)) return;
    onProgress(`${server}: downloading from Maven Central (once) ...`);
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await copyDependencies(pom, partial, server);
    await rename(partial, folder);
    onProgress(`${server}: downloaded`);
  });
}

async function copyDependencies(pom: string, folder: string, server: string): Promise<void> {
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`, '-DincludeScope=runtime'];
  try {
    await run('mvn', args, { timeout: DOWNLOAD_LIMIT_MS, maxBuffer: 16 << 20 });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const { code, stdout = '' } = error as { code?: string | number; stdout?: string };
    if (code === 'ENOENT')
      throw new StackError('mvn was not found', 'install Maven (Debian: apt-get install maven) and run this again', { cause: error });
    const reason = /\[ERROR\] (.*)/.exec(stdout)?.[1] ?? (error as Error).message;
    throw new StackError(
      `downloading ${server} failed (${reason.slice(0, 300)})`,
      'check the connection to Maven Central or the mirror in ~/.m2/settings.xml, then run this again',
      { cause: error },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
