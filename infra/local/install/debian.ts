import { execFile } from 'node:child_process';
import { access, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { INSTALL_LIMIT_MS, type Installer } from './installer.ts';
import { StackError } from './stack-error.ts';

const run = promisify(execFile);

export interface DebianPackage {
  readonly name: string;
  /** Matches the dependencies to download, too. The others must be part of every system. */
  readonly needs: RegExp;
  /** A folder of the package under `/usr`. If it exists, the system's own installation is used. */
  readonly installed: string;
}

/** Unpacks a Debian package into a folder of its own (`<folder>/usr/...`). It changes nothing in the system and needs no root. */
export function debianPackage({ name, needs, installed }: DebianPackage): Installer {
  return {
    from: 'the Debian mirror',
    contents: async () => `${name} ${needs.source}`,
    async install(folder, server) {
      if (await isThere(installed)) return symlink('/usr', join(folder, 'usr'));
      try {
        await unpack(folder, name, needs);
      } catch (error) {
        throw new StackError(`downloading ${server} failed (${reasonOf(error)})`, remedyFor(error, name), { cause: error });
      }
    },
    async requirements() {},
  };
}

async function unpack(folder: string, name: string, needs: RegExp): Promise<void> {
  // It uses lists of its own, because the system's may be missing or name versions that the mirror no longer has.
  const apt = join(folder, 'apt');
  const lists = join(apt, 'lists');
  await Promise.all([mkdir(join(lists, 'partial'), { recursive: true }), mkdir(join(apt, 'cache'), { recursive: true })]);
  const own = [`Dir::State::lists=${lists}`, `Dir::Cache=${join(apt, 'cache')}`, 'APT::Sandbox::User='].flatMap((option) => ['-o', option]);
  const options = { cwd: apt, timeout: INSTALL_LIMIT_MS, maxBuffer: 64 << 20, env: { ...process.env, LC_ALL: 'C' } };
  await run('apt-get', [...own, '-q', 'update'], options);
  const { stdout } = await run('apt-cache', [...own, 'depends', '--recurse', '--important', name], options);
  const needed = new Set(stdout.split('\n').filter((line) => line === name || needs.test(line)));
  await run('apt-get', [...own, '-q', 'download', ...needed], options);
  for (const file of await readdir(apt)) if (file.endsWith('.deb')) await run('dpkg-deb', ['-x', file, folder], options);
  await rm(apt, { recursive: true });
}

function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (/^E: (.*)$/m.exec(stderr ?? '')?.[1] ?? message).slice(0, 300);
}

function remedyFor(error: unknown, name: string): string {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
    ? `install ${name} yourself, or set the address of your own server (npm run stack -- --help lists the variables), because this system has no apt`
    : 'check the connection to the mirror in /etc/apt/sources.list, then run this again';
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
