import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchNativeCrc32 } from '../serverless/bundle/native-crc32.ts';
import { freeOffset } from './free-offset.ts';
import { StackError } from './install/stack-error.ts';
import { isRunning } from './processes.ts';
import { testServers } from './servers/registry.ts';
import { type Stack, startStack } from './stack.ts';
import { stopStack } from './stack-status.ts';
import { buildTestPrograms } from './test-programs.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const testDir = join(project, '.stack', 'test');
const compileCache = join(project, '.stack', 'compile-cache');
/** Half of the tests wait for servers most of the time, and the servers need a core, too. With three, a busy machine starts servers too late. */
const WORKERS = '--maxWorkers=2';

/** Runs jest with this command's arguments against a stack of its own, and returns jest's exit code. */
async function testRun(args: readonly string[], signal: AbortSignal): Promise<number> {
  await sweep();
  // Tests compare archives with each other, so all or none of a run must have it.
  await fetchNativeCrc32().catch(() => undefined);
  const dataDir = join(testDir, String(process.pid));
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const stack = await startStack({ servers: testServers, dataDir, portOffset: await freeOffset(), onProgress, signal });
  try {
    return await jest(args, stack, await buildTestPrograms(project, join(dataDir, 'programs')), signal);
  } finally {
    await stack.discard();
  }
}

async function jest(
  args: readonly string[],
  stack: Stack,
  programs: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join('node_modules', 'jest', 'bin', 'jest.js')];
  const child = spawn(process.execPath, [...options, WORKERS, ...args], {
    cwd: project,
    stdio: 'inherit',
    // The many child processes of tests spend most of their time on compiling the same sources.
    env: { NODE_COMPILE_CACHE: compileCache, ...programs, ...process.env, STACK_ADDRESSES: JSON.stringify(stack.addresses) },
  });
  const interrupt = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', interrupt, { once: true });
  const [code] = (await once(child, 'exit')) as [number | null];
  signal.removeEventListener('abort', interrupt);
  return code ?? 1;
}

/** Removes the remains of killed test runs. Their folders are named after the process that made them. */
async function sweep(): Promise<void> {
  const folders = await readdir(testDir).catch(() => []);
  for (const folder of folders) {
    if (await isRunning(Number(folder))) continue;
    await stopStack({ dataDir: join(testDir, folder), graceMs: 0 });
    await rm(join(testDir, folder), { recursive: true, force: true });
  }
}

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
try {
  process.exitCode = await testRun(process.argv.slice(2), interrupt.signal);
} catch (error) {
  const message = error instanceof StackError ? error.message : (error as Error).stack;
  process.stderr.write(`test: ${interrupt.signal.aborted ? 'interrupted' : message}\n`);
  process.exitCode = interrupt.signal.aborted ? 130 : 1;
}
