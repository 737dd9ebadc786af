import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const DIE_WITH_PARENT = path.join(import.meta.dirname, 'die-with-parent.ts');

/** A TypeScript program in a process of its own, which ends with its test: `await using child = new Child('worker.ts')`. */
export class Child {
  /** Lines that it wrote to its standard output so far. */
  readonly lines: string[] = [];
  /** With all that it wrote. */
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  #errors = '';

  /** `env` adds to this process's. */
  constructor(script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(process.execPath, ['--import', DIE_WITH_PARENT, script, ...args], {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    // Not `exit`: what the process wrote last may come after that.
    this.exited = once(this.#process, 'close').then(([code, signal]) => ({ code, signal }) as Exit);
    if (this.#process.stdout) createInterface(this.#process.stdout).on('line', (line) => this.lines.push(line));
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString('utf8');
    });
  }

  get stderr(): string {
    return this.#errors;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The first line that matches, written already or still to come; rejects when the process ends or the time passes without one. */
  async line(match: RegExp, timeoutMs = 120_000): Promise<string> {
    let ended = false;
    void this.exited.then(() => {
      ended = true;
    });
    for (const deadline = Date.now() + timeoutMs; ; await new Promise((resolve) => setTimeout(resolve, 10))) {
      const found = this.lines.find((line) => match.test(line));
      if (found !== undefined) return found;
      if (ended || Date.now() > deadline)
        throw new Error(
          `no line ${match} from the child (${ended ? 'it ended' : 'still running'}): ${[...this.lines, this.#errors].join('\n')}`,
        );
    }
  }

  /** Resolves when the process has been stopped by SIGSTOP; rejects when it ends instead. */
  async stopped(): Promise<void> {
    while (this.#process.exitCode === null && this.#process.signalCode === null) {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'state=', '-p', String(this.pid)]);
      if (stdout.startsWith('T')) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the child ended before it was stopped: ${this.#errors}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.exited;
  }
}
