import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { heapMb } from './install/settings.ts';
import { StackError } from './install/stack-error.ts';
import { type ProcessFile, runningPid, startDetached, stopProcess } from './processes.ts';
import type { Server, ServerProcess, Site } from './servers/server.ts';

const READY_LIMIT_MS = 300_000;
/** One question whether a server is ready may take this long. */
const ATTEMPT_LIMIT_MS = 10_000;
const STOP_GRACE_MS = 30_000;

export type State = 'running' | 'stopped' | 'partly';

/** Starts, finds and stops the processes of one server of one stack. */
export class ServerInstance {
  readonly server: Server;
  readonly site: Site;
  readonly #dataDir: string;
  readonly #processes: readonly ServerProcess[];

  constructor(server: Server, options: { readonly dataDir: string; readonly portOffset: number; readonly programs: string }) {
    this.server = server;
    this.#dataDir = options.dataDir;
    this.site = {
      dir: join(options.dataDir, server.name),
      programs: options.programs,
      port: (use) => (server.ports[use] ?? server.partOf?.ports[use] ?? Number.NaN) + options.portOffset,
      heapMb,
    };
    this.#processes = server.processes(this.site);
  }

  get ports(): readonly number[] {
    return Object.keys(this.server.ports).map((use) => this.site.port(use));
  }

  get logs(): readonly string[] {
    return this.#processes.map(({ name }) => this.#log(name));
  }

  async state(): Promise<State> {
    const pids = await Promise.all(this.#processes.map(({ name }) => runningPid(this.#file(name))));
    const running = pids.filter((pid) => pid !== undefined).length;
    if (running === 0) return 'stopped';
    return running === pids.length ? 'running' : 'partly';
  }

  /** The process id of the server itself, not of its helpers. */
  async pid(): Promise<number | undefined> {
    const last = this.#processes.at(-1);
    return last && runningPid(this.#file(last.name));
  }

  /** Resolves once every process answers. If it throws, the caller stops what it started. */
  async start(signal: AbortSignal | undefined): Promise<void> {
    await mkdir(this.site.dir, { recursive: true });
    await this.server.prepare(this.site);
    for (const process of this.#processes) await this.#startProcess(process, signal);
  }

  /**
   * Stops the processes. Returns false if nothing ran. `graceMs` is the time to end by itself; the default is 30 s, in which a broker can
   * write down all it knows.
   */
  async stop(graceMs: number = STOP_GRACE_MS): Promise<boolean> {
    let any = false;
    for (const { name } of this.#processes.toReversed()) any = (await stopProcess(this.#file(name), graceMs)) || any;
    return any;
  }

  /** Waits until processes that another command started answer, too. */
  async ready(signal: AbortSignal | undefined): Promise<void> {
    for (const process of this.#processes) await this.#waitReady(process, new Promise(() => {}), signal);
  }

  async #startProcess(process: ServerProcess, signal: AbortSignal | undefined): Promise<void> {
    const { exited } = await startDetached(process.command, process.args, {
      cwd: this.site.dir,
      env: { ...globalThis.process.env, ...process.env },
      log: this.#log(process.name),
      file: this.#file(process.name),
    });
    await this.#waitReady(process, exited, signal);
  }

  async #waitReady(process: ServerProcess, exited: Promise<string>, signal: AbortSignal | undefined): Promise<void> {
    let end: string | undefined;
    let problem: unknown;
    const ended = exited.then((how) => {
      end = how;
    });
    for (const deadline = Date.now() + READY_LIMIT_MS; Date.now() < deadline; await Promise.race([ended, sleep(150)])) {
      signal?.throwIfAborted();
      if (end !== undefined) throw await this.#failure(process.name, `ended during its start (${end})`);
      try {
        return await attempt(process, ended, signal);
      } catch (error) {
        problem = error;
      }
    }
    throw await this.#failure(process.name, `did not answer within ${READY_LIMIT_MS / 1000} s (${String(problem)})`);
  }

  async #failure(name: string, what: string): Promise<StackError> {
    const log = this.#log(name);
    const text = await readFile(log, 'utf8').catch(() => '');
    const last = text.trimEnd().split('\n').at(-1)?.slice(0, 300) ?? '';
    return new StackError(`${name} ${what}${last && `, its last words: ${last}`}`, `see ${log}`);
  }

  #log(name: string): string {
    return join(this.#dataDir, 'logs', `${name}.log`);
  }

  #file(name: string): ProcessFile {
    return { path: join(this.#dataDir, 'run', `${name}.json`), mark: `${this.site.dir}/` };
  }
}

/**
 * Asks once whether the process is ready. A dying server may leave a question without an answer or an error. This process would then wait
 * for nothing and end without a message.
 */
async function attempt(process: ServerProcess, ended: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  const over = new AbortController();
  const given = AbortSignal.any([over.signal, ...(signal === undefined ? [] : [signal])]);
  const late = sleep(ATTEMPT_LIMIT_MS, undefined, { signal: given }).then(() => Promise.reject(new Error('no answer')));
  const dead = ended.then(() => Promise.reject(new Error('it ended')));
  try {
    await Promise.race([process.ready(), late, dead]);
  } finally {
    over.abort();
  }
}
