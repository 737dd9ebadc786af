import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';

/**
 * Detects that nobody reads standard output any more, even while nothing is written to it. Node itself only notices at a write. If standard
 * output is a pipe, GNU `tail` therefore watches it: it ends by SIGPIPE in that case, and by itself when this process ends in any way.
 * Without such a `tail`, the next write detects it. Call `stop` once it does not matter any more.
 */
export function watchReader(): { readonly gone: AbortSignal; readonly stop: () => void } {
  const { stdout } = process;
  const controller = new AbortController();
  const over = () => controller.abort();
  stdout.on('error', over).on('close', over);
  const tail = fstatSync(stdout.fd).isFIFO() ? spawn('tail', WATCH, { stdio: ['ignore', 'inherit', 'ignore'] }) : undefined;
  tail?.on('error', () => undefined);
  tail?.on('exit', (_, signal) => {
    if (signal === 'SIGPIPE') over();
  });
  const stop = () => {
    stdout.off('error', over).off('close', over);
    tail?.removeAllListeners('exit').kill();
  };
  return { gone: controller.signal, stop };
}

const WATCH = [`--pid=${process.pid}`, '--sleep-interval=0.2', '--follow', '/dev/null'];
