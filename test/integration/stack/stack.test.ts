import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { freeOffset } from '../../../infra/local/free-offset.ts';
import { isFree } from '../../../infra/local/ports.ts';
import { isRunning } from '../../../infra/local/processes.ts';
import { stopStack } from '../../../infra/local/stack-status.ts';

// A Java virtual machine starts several times in each test, and other tests share the cores.
jest.setTimeout(600_000);

const CLI = path.resolve('infra/local/cli.ts');

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Status {
  readonly server: string;
  readonly state: string;
  readonly pid?: number;
  readonly addresses: { readonly dynamodb?: string };
}

async function stack(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> {
  const { AWS_ENDPOINT_URL_DYNAMODB: _, ...inherited } = process.env;
  return promisify(execFile)(process.execPath, [CLI, ...args], { env: { ...inherited, ...env } }).then(
    (output) => ({ code: 0, ...output }),
    (error: Result) => error,
  );
}

/** Commands on one stack that has just the server which starts fastest. */
class TestStack {
  readonly dir: string;
  readonly offset: number;

  constructor(dir: string, offset: number) {
    this.dir = dir;
    this.offset = offset;
  }

  start(env: Readonly<Record<string, string>> = {}): Promise<Result> {
    return stack(['start', 'dynamodb', '--port-offset', String(this.offset), '--data-dir', this.dir], env);
  }

  stop(): Promise<Result> {
    return stack(['stop', '--data-dir', this.dir]);
  }

  async status(env: Readonly<Record<string, string>> = {}): Promise<Status> {
    const { stdout } = await stack(['status', 'dynamodb', '--json', '--data-dir', this.dir], env);
    return (JSON.parse(stdout) as [Status])[0];
  }
}

describe('the local stack', () => {
  let folder: string;
  let first: TestStack;
  let second: TestStack;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stack-test-'));
    first = new TestStack(path.join(folder, 'first'), await freeOffset());
    second = new TestStack(path.join(folder, 'second'), first.offset + 1);
  });

  afterEach(async () => {
    await Promise.all([first, second].map(({ dir }) => stopStack({ dataDir: dir, graceMs: 0 })));
    await rm(folder, { recursive: true, force: true });
  });

  it('starts a server that answers, leaves it alone when started again, and leaves nothing behind when stopped', async () => {
    expect(await first.start()).toMatchObject({ code: 0 });
    const running = await first.status();
    expect(running).toMatchObject({ state: 'running', addresses: { dynamodb: `http://127.0.0.1:${8000 + first.offset}` } });

    expect(await first.start()).toMatchObject({ code: 0 });
    expect((await first.status()).pid).toBe(running.pid);

    expect(await first.stop()).toMatchObject({ code: 0, stdout: 'stopped dynamodb\n' });
    expect(await first.status()).toMatchObject({ state: 'stopped' });
    expect(await isRunning(running.pid ?? 0)).toBe(false);
    expect(await isFree(8000 + first.offset)).toBe(true);
    expect(await first.stop()).toMatchObject({ code: 0, stdout: 'nothing was running\n' });
  });

  it('starts one server when two commands start it at once', async () => {
    const results = await Promise.all([first.start(), first.start()]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    const readied = results.filter(({ stderr }) => stderr.includes('dynamodb: ready after'));
    expect(readied).toHaveLength(1);
  });

  it('runs beside another one; it stops a server that is frozen, and one that was killed counts as stopped', async () => {
    const results = await Promise.all([first.start(), second.start()]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    process.kill((await first.status()).pid ?? 0, 'SIGSTOP');
    expect(await first.stop()).toMatchObject({ stdout: 'stopped dynamodb\n' });
    expect(await second.status()).toMatchObject({ state: 'running' });
    process.kill((await second.status()).pid ?? 0, 'SIGKILL');
    await expect(second.stop()).resolves.toMatchObject({ code: 0 });
    expect(await second.status()).toMatchObject({ state: 'stopped' });
  });

  it('names a port that is taken, says what to do, and starts nothing', async () => {
    const taken = createServer().listen(8000 + first.offset, '127.0.0.1');
    try {
      const { code, stderr } = await first.start();
      expect(code).toBe(1);
      expect(stderr).toMatch(/^stack: another program uses port \d+ of dynamodb; .*--port-offset.*\n$/);
      expect(await first.status()).toMatchObject({ state: 'stopped' });
    } finally {
      taken.close();
    }
  });

  it('does not start a server whose address the environment gives', async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://dynamodb.example:8000' };
    expect(await first.start(env)).toMatchObject({ code: 0, stderr: '' });
    expect(await first.status(env)).toMatchObject({ state: 'external', addresses: { dynamodb: 'http://dynamodb.example:8000' } });
    expect(await first.status()).toMatchObject({ state: 'stopped' });
  });

  it('does not start a part of a server whose address the environment gives', async () => {
    const env = { CONNECT_ROCKETMQ_ENDPOINTS: 'rocketmq.example:9876' };
    const { code, stdout, stderr } = await stack(['start', 'rocketmq-proxy', '--json', '--data-dir', first.dir], env);
    expect([code, stderr]).toEqual([0, '']);
    expect((JSON.parse(stdout) as Status[]).map(({ server, state }) => [server, state])).toEqual([['rocketmq-proxy', 'external']]);
  });
});
