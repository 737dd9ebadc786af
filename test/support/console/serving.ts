import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const COMMAND = process.env.TEST_COMMAND ?? path.resolve(import.meta.dirname, '../../../bin/rocketmq-connect.js');

export interface Serving {
  /** `http://127.0.0.1:4711` */
  readonly url: string;
  /** Ends it as Ctrl-C does. Resolves with its exit code. */
  end(): Promise<number | null>;
}

/** Starts `rocketmq-connect serve` as users do, on a free port. */
export async function serve(env: Readonly<Record<string, string>>): Promise<Serving> {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0'], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      lines.push(line);
      const [found] = /http:\/\/[\d.]+:\d+/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    ended.then(() => reject(new Error(lines.join('\n'))), reject);
  });
  return {
    url,
    end: async () => {
      child.kill('SIGINT');
      const [code] = await ended;
      return code as number | null;
    },
  };
}
