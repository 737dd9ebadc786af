import { execFile, spawn } from 'node:child_process';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What the disk holds about one running process, so that a later command finds it. */
export interface ProcessFile {
  readonly path: string;
  /** Occurs in the process's command line and in no other's, so that another process that got the same id later is not taken for it. */
  readonly mark: string;
}

export interface Started {
  readonly pid: number;
  /** Resolves when the process ends. */
  readonly exited: Promise<string>;
}

/** Starts a program that outlives this one. Both its outputs go to `log`. */
export async function startDetached(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly log: string; readonly file: ProcessFile },
): Promise<Started> {
  await Promise.all([mkdir(dirname(options.log), { recursive: true }), mkdir(dirname(options.file.path), { recursive: true })]);
  const log = await open(options.log, 'a');
  try {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, detached: true, stdio: ['ignore', log.fd, log.fd] });
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    child.unref();
    if (child.pid === undefined) throw new Error(await exited);
    await writeFile(options.file.path, JSON.stringify({ pid: child.pid }));
    return { pid: child.pid, exited };
  } finally {
    await log.close();
  }
}

/** Returns the process id, if the process runs and is the one that was started. */
export async function runningPid(file: ProcessFile): Promise<number | undefined> {
  const pid = await readFile(file.path, 'utf8').then(
    (text) => Number((JSON.parse(text) as { pid: number }).pid),
    () => undefined,
  );
  if (pid === undefined) return undefined;
  return (await commandLine(pid)).includes(file.mark) ? pid : undefined;
}

/** A process on a busy disk ends late, and keeps its ports and files until then. */
const KILL_MS = 60_000;

/** Ends the process and forgets it: SIGTERM, then SIGKILL after `graceMs`. Does nothing if it does not run. */
export async function stopProcess(file: ProcessFile, graceMs: number): Promise<boolean> {
  const pid = await runningPid(file);
  if (pid !== undefined) {
    if (graceMs > 0) signal(pid, 'SIGTERM');
    // A process that a test froze could not see the request to end.
    signal(pid, 'SIGCONT');
    if (!(await hasEnded(file, graceMs))) {
      signal(pid, 'SIGKILL');
      await hasEnded(file, KILL_MS);
    }
  }
  await rm(file.path, { force: true });
  return pid !== undefined;
}

/** Returns whether a process with this id runs, ours or not. */
export async function isRunning(pid: number): Promise<boolean> {
  return (await commandLine(pid)) !== '';
}

async function hasEnded(file: ProcessFile, waitMs: number): Promise<boolean> {
  for (const deadline = Date.now() + waitMs; Date.now() < deadline; await sleep(50)) {
    if ((await runningPid(file)) === undefined) return true;
  }
  return false;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Returns the command line of a process. It is empty if there is no such process, or if it ended and waits for its parent. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(join('/proc', String(pid), 'cmdline'), 'utf8').catch(() => '');
  return promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  );
}
