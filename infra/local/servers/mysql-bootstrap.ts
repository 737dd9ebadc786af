import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

export interface Bootstrap {
  readonly command: string;
  /** The arguments of the program, without `--datadir`. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The SQL files of the distribution, in their order. */
  readonly files: readonly string[];
}

/** Makes an empty store with the system tables, once. A store that has its final name is complete. */
export async function bootstrap(data: string, { command, args, env, files }: Bootstrap): Promise<void> {
  const there = await access(data).then(
    () => true,
    () => false,
  );
  if (there) return;
  const partial = `${data}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(`${partial}/mysql`, { recursive: true });
  // A server that starts removes temporary tables of its directory, and by default all servers share one.
  const temporary = `${data}.tmp`;
  await mkdir(temporary, { recursive: true });
  const server = spawn(command, [...args, `--datadir=${partial}`, `--tmpdir=${temporary}`], { env, stdio: ['pipe', 'ignore', 'pipe'] });
  const words: Buffer[] = [];
  server.stderr.on('data', (chunk: Buffer) => words.push(chunk));
  const exited = once(server, 'exit');
  try {
    server.stdin.write('use mysql;\n');
    for (const file of files) await pipeline(createReadStream(file), server.stdin, { end: false });
    server.stdin.end();
  } catch (error) {
    await exited;
    throw new Error(`${command} ended: ${Buffer.concat(words)}`, { cause: error });
  }
  const [code] = (await exited) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${Buffer.concat(words)}`);
  await rm(temporary, { recursive: true });
  await rename(partial, data);
}
