import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FunctionOptions {
  /** The unpacked artefact. */
  readonly folder: string;
  /** As deployed: `functions/task.handler`. */
  readonly handler: string;
  readonly name: string;
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  /** All that the process sees of an environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface InvocationResult {
  readonly payload: string;
  /** Files of the artefact that the process has loaded so far. */
  readonly loaded?: readonly string[];
  /** The handler threw. */
  readonly error?: true;
}

/** One execution environment of a function: its process stays between invocations, as on Lambda. */
export class FunctionProcess {
  /** What the function wrote, by line. */
  readonly log: string[] = [];
  readonly #options: FunctionOptions;
  #child: ChildProcess | undefined;
  #waiting: Promise<unknown> = Promise.resolve();

  constructor(options: FunctionOptions) {
    this.#options = options;
  }

  /** Where the artefact is. */
  get folder(): string {
    return this.#options.folder;
  }

  /** One at a time; a second caller waits. */
  invoke(event: unknown): Promise<InvocationResult> {
    const result = this.#waiting.then(() => this.#invoke(event));
    this.#waiting = result.catch(() => undefined);
    return result;
  }

  async #invoke(event: unknown): Promise<InvocationResult> {
    this.#child ??= this.#start();
    const child = this.#child;
    const requestId = randomUUID();
    const exited = new AbortController();
    const died = once(child, 'exit', { signal: exited.signal }).then(([code]) => {
      this.#child = undefined;
      return {
        requestId,
        error: true as const,
        payload: JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage: `exited with ${code}` }),
      };
    });
    const timeoutMs = this.#options.timeoutSeconds * 1_000;
    child.send({ requestId, event, timeoutMs });
    const answered = once(child, 'message', { signal: exited.signal }).then(([message]) => message as InvocationResult);
    const late = this.#begun(requestId, exited.signal)
      .then(() => sleep(timeoutMs, undefined, { signal: exited.signal }))
      .then(() => this.#endLate(child, requestId));
    const result = await Promise.race([answered, died, late]);
    late.catch(() => {});
    exited.abort();
    await Promise.allSettled([answered, died]);
    while (this.#child !== undefined && !this.log.includes(`END RequestId: ${requestId}`)) await sleep(5);
    return result;
  }

  /** The time that it takes to load its code is none of the function's. */
  async #begun(requestId: string, signal: AbortSignal): Promise<void> {
    while (!this.log.includes(`START RequestId: ${requestId}`)) await sleep(20, undefined, { signal });
  }

  /** Lambda ends the process, and starts another for the next event. */
  #endLate(child: ChildProcess, requestId: string): InvocationResult {
    this.#child = undefined;
    child.kill('SIGKILL');
    const seconds = this.#options.timeoutSeconds.toFixed(2);
    const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
    return { error: true, payload: JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage }) };
  }

  /** Stops the process for a while, as Lambda does between invocations. */
  async freeze(ms: number): Promise<void> {
    this.#child?.kill('SIGSTOP');
    await sleep(ms);
    this.#child?.kill('SIGCONT');
  }

  #start(): ChildProcess {
    const { folder, handler, name, memorySize, env } = this.#options;
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'lambda-bootstrap.ts')], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        TZ: ':UTC',
        LAMBDA_TASK_ROOT: folder,
        _HANDLER: handler,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
        ...env,
      },
    });
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', (line) => this.log.push(line));
    return child;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}
