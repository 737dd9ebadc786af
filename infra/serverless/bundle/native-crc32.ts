import { execFile } from 'node:child_process';
import { access, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** The processor and system of deployed functions. */
const PLATFORM = ['--cpu=arm64', '--os=linux', '--libc=glibc'];
const NAME = '@node-rs/crc32-linux-arm64-gnu';
const BINARY = 'crc32.linux-arm64-gnu.node';

const project = path.resolve(import.meta.dirname, '../../..');
const CACHE = path.join(project, 'node_modules/.cache/rocketmq-connect');
const locked = path.join('node_modules', NAME);

/**
 * Puts `@node-rs/crc32` for the functions' processor beside their bundle. npm only installs it for this machine's processor. Without it
 * functions check Kafka's batches in WebAssembly, so a machine without a network can deploy, too. It then calls `warn`.
 */
export async function addNativeCrc32(folder: string, warn: (text: string) => void, cache = CACHE): Promise<void> {
  let from: string;
  try {
    from = await fetchNativeCrc32(cache);
  } catch (error) {
    const [reason] = String((error as { stderr?: string }).stderr || (error as Error).message).split('\n');
    warn(
      `Functions will check Kafka's checksums three times slower: npm could not fetch ${NAME} (${reason}). Package them again with a network.`,
    );
    return;
  }
  const home = path.join(folder, 'node_modules/@node-rs/crc32');
  await mkdir(home, { recursive: true });
  await cp(path.join(from, BINARY), path.join(home, BINARY));
  await cp(path.join(project, 'node_modules/@node-rs/crc32/LICENSE'), path.join(home, 'LICENSE'));
  await writeFile(path.join(home, 'package.json'), `${JSON.stringify({ name: '@node-rs/crc32', license: 'MIT', main: BINARY })}\n`);
}

/** Returns the package's folder. It downloads the version of the lock file into `cache` once. Rejects if it can't get it. */
export async function fetchNativeCrc32(cache = CACHE): Promise<string> {
  const { lockfileVersion, packages } = JSON.parse(await readFile(path.join(project, 'package-lock.json'), 'utf8'));
  const { version, integrity, license } = packages[locked];
  const home = path.join(cache, `crc32-${version}`);
  const found = path.join(home, locked);
  if (await exists(found)) return found;
  const aside = `${home}-${process.pid}`;
  await mkdir(aside, { recursive: true });
  try {
    const root = { name: 'functions', version: '1.0.0', license, dependencies: { [NAME]: version } };
    const lock = { ...root, lockfileVersion, packages: { '': root, [locked]: { version, integrity } } };
    await writeFile(path.join(aside, 'package.json'), JSON.stringify(root));
    await writeFile(path.join(aside, 'package-lock.json'), JSON.stringify(lock));
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=0', '--loglevel=error'];
    await promisify(execFile)('npm', ['ci', ...PLATFORM, ...options], {
      cwd: aside,
      env: process.env,
      shell: process.platform === 'win32',
    });
    await rename(aside, home).catch(async (error) => {
      // Another process was faster.
      if (!(await exists(found))) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return found;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
