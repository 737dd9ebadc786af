import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const COMMAND = process.env.TEST_COMMAND ?? path.resolve(import.meta.dirname, '../../../bin/rocketmq-connect.js');

export interface ServeProcess {
  readonly child: ChildProcess;
  /** Where it serves. Rejects where it ends without that. */
  readonly address: Promise<string>;
  /** Its exit code, and the lines of its standard error. */
  readonly ended: Promise<{ readonly code: number | null; readonly lines: readonly string[] }>;
}

/** Starts the command `serve` as users do. `env`: all that it sees besides PATH. */
export function startServe(args: readonly string[], env: NodeJS.ProcessEnv): ServeProcess {
  const child = spawn(process.execPath, [COMMAND, 'serve', ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  const reader = createInterface(child.stderr).on('line', (line) => lines.push(line));
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]).then(([[code]]) => ({ code, lines }));
  const address = new Promise<string>((resolve, reject) => {
    reader.on('line', (line) => {
      const [url] = /http:\S+/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
    ended.then(() => reject(new Error(lines.join('\n'))), reject);
  });
  // Not every case asks for it.
  address.catch(() => undefined);
  return { child, ended, address };
}
