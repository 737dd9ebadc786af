import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { INSTALL_LIMIT_MS } from './installer.ts';
import { withLock } from './lock.ts';
import { StackError } from './stack-error.ts';

const run = promisify(execFile);

const PROGRAM = '/usr/bin/chromium';
const REMEDY = 'install it yourself: apt-get install --no-install-recommends chromium';

/**
 * Returns the browser of this machine, and installs Debian's package where there is none. A browser needs a hundred libraries, so it can't
 * be unpacked into a folder of its own as the servers are. Throws StackError.
 */
export async function chromiumProgram(libDir: string): Promise<string> {
  if (await isThere()) return PROGRAM;
  await withLock(`${libDir}/chromium.lock`, INSTALL_LIMIT_MS, async () => {
    if (await isThere()) return;
    if (process.getuid?.() !== 0) throw new StackError(`there is no ${PROGRAM}, and only root can install it`, REMEDY);
    const options = {
      timeout: INSTALL_LIMIT_MS,
      maxBuffer: 64 << 20,
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    };
    try {
      await run('apt-get', ['-q', 'update'], options);
      await run('apt-get', ['-q', '-y', 'install', '--no-install-recommends', 'chromium'], options);
    } catch (cause) {
      throw new StackError(`installing chromium failed (${(cause as Error).message.slice(0, 300)})`, REMEDY, { cause });
    }
  });
  return PROGRAM;
}

const isThere = (): Promise<boolean> =>
  access(PROGRAM).then(
    () => true,
    () => false,
  );
