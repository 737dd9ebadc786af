import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sends a signal to a server. It returns from SIGSTOP once every thread has stopped: on a busy machine one may still answer a request while
 * the signal waits for its turn.
 */
export async function sendSignal(pid: number, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  process.kill(pid, signal);
  if (signal !== 'SIGSTOP' || process.platform !== 'linux') return;
  while (!(await isStopped(pid))) await sleep(2);
}

async function isStopped(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  // A thread that has ended meanwhile answers nothing, either.
  const states = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => ') T')));
  return states.every((state) => state.slice(state.lastIndexOf(')')).startsWith(') T'));
}
