import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { debianPackage } from '../../infra/local/install/debian.ts';
import { installOnce, programFolder } from '../../infra/local/install/installer.ts';
import { libDir } from '../../infra/local/install/settings.ts';
import { feed } from './feed.ts';

/** Prometheus with its tools, of Debian. It needs nothing besides. */
const installer = debianPackage({ name: 'prometheus', needs: /(?!)/, installed: '/usr/bin/promtool' });

/** Downloads it where that has not been done (20 MB). Returns the path of a program. */
async function programOf(name: 'prometheus' | 'promtool'): Promise<string> {
  const folder = await programFolder(installer, 'prometheus', libDir());
  await installOnce(installer, folder, 'prometheus');
  return path.join(folder, 'usr/bin', name);
}

/** Runs `promtool`. Returns its exit code and all that it said. */
export async function promtool(args: readonly string[], input = ''): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(await programOf('promtool'), args, { stdio: 'pipe' });
  const ended = once(child, 'close');
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  feed(child, input);
  const [code] = (await ended) as [number | null];
  return { code, said: (await said).join('') };
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [time: number, value: string];
}

/** A Prometheus of a test's own, which reads one server every five seconds. */
export class Prometheus {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #folder: string;

  private constructor(child: ChildProcess, url: string, folder: string) {
    this.#child = child;
    this.#url = url;
    this.#folder = folder;
  }

  /** `target`: `127.0.0.1:8083`. */
  static async start(target: string): Promise<Prometheus> {
    const folder = await mkdtemp(path.join(tmpdir(), 'prometheus-'));
    const file = path.join(folder, 'prometheus.yml');
    // JSON is YAML.
    const job = { job_name: 'rocketmq-connect', scrape_interval: '5s', scrape_timeout: '5s', static_configs: [{ targets: [target] }] };
    await writeFile(file, JSON.stringify({ scrape_configs: [job] }));
    const options = [`--config.file=${file}`, `--storage.tsdb.path=${path.join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'];
    const child = spawn(await programOf('prometheus'), options, { stdio: ['ignore', 'ignore', 'pipe'] });
    const lines: string[] = [];
    const address = await new Promise<string>((resolve, reject) => {
      createInterface(child.stderr).on('line', (line) => {
        lines.push(line);
        const [, found] = /msg="Listening on" address=(\S+)/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(lines.join('\n'))));
      child.once('error', reject);
    });
    return new Prometheus(child, `http://${address}`, folder);
  }

  /** Throws what is wrong with the expression. */
  async query(expression: string): Promise<readonly Series[]> {
    const { result } = await this.#get<{ readonly result: readonly Series[] }>(`query?${new URLSearchParams({ query: expression })}`);
    return result;
  }

  labelValues(label: string, of: string): Promise<readonly string[]> {
    return this.#get(`label/${label}/values?${new URLSearchParams({ 'match[]': of })}`);
  }

  /** What it found wrong in what it last read; empty where nothing. An answer that comes too late is read the next time. */
  async problems(): Promise<readonly string[]> {
    const { activeTargets } = await this.#get<{ readonly activeTargets: ReadonlyArray<{ readonly lastError: string }> }>('targets');
    return activeTargets.map(({ lastError }) => lastError).filter((error) => error !== '' && !error.includes('context deadline exceeded'));
  }

  async #get<R>(route: string): Promise<R> {
    let answer = await fetch(`${this.#url}/api/v1/${route}`);
    // It listens before it has opened its store.
    while (answer.status === 503) {
      await sleep(200);
      answer = await fetch(`${this.#url}/api/v1/${route}`);
    }
    const { status, error, data } = (await answer.json()) as { readonly status: string; readonly error?: string; readonly data: R };
    if (status !== 'success') throw new Error(error);
    return data;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}
