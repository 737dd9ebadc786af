import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { feed } from './feed.ts';
import { pythonLibrary } from './python-library.ts';

/** Runs a script of this folder with a package of PyPI and a text as its standard input. Returns the JSON that it prints; throws what it complains of. */
export async function runPython<T>(script: string, requirement: string, input: string): Promise<T> {
  const PYTHONPATH = await pythonLibrary(requirement);
  const child = spawn('python3', [path.join(import.meta.dirname, script)], { stdio: 'pipe', env: { PATH: process.env.PATH, PYTHONPATH } });
  const ended = once(child, 'close');
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  feed(child, input);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${script}: ${await stderr}`);
  return JSON.parse(await stdout) as T;
}
