import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { FunctionProcess } from '../../e2e/deploy/function-process.ts';
import type { Statement } from '../aws-rules/policy.ts';
import { refusalOf } from '../aws-rules/refusal.ts';

const HANDLERS = path.join(import.meta.dirname, 'handlers');
/** Of an event, and of an answer. */
const LIMIT_BYTES = 6 * 1024 * 1024;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

export interface LambdaFunction {
  /** `append`, of the folder `handlers`. */
  readonly handler: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 30. */
  readonly timeoutSeconds?: number;
  /** Versions and aliases that it has. */
  readonly qualifiers?: readonly string[];
}

/** What happens to a request instead of what should. */
export type Fault =
  | 'none'
  | { readonly status: number; readonly type: string; readonly message?: string }
  /** The connection ends before the function is invoked. */
  | 'cut before'
  /** It ends behind the invocation: its answer is lost. */
  | 'cut after';

export interface Invocation {
  readonly path: string;
  readonly bytes: number;
  /** Of all its records. */
  readonly offsets: readonly number[];
  readonly event: unknown;
}

/** Lambda's API to invoke functions, with its limits. Each function is a process of its own, which runs one event at a time. `await using`. */
export class LambdaServer {
  /** Events that reached a function. */
  readonly invocations: Invocation[] = [];
  /** What functions answered, as JSON. */
  readonly answers: string[] = [];
  /** Taken by the next requests, in this order. */
  readonly faults: Fault[] = [];
  /** What the caller may do; default all. */
  policy: readonly Statement[] | undefined;
  readonly #functions: Readonly<Record<string, LambdaFunction>>;
  readonly #processes = new Map<string, FunctionProcess>();
  readonly #server: Server;

  private constructor(functions: Readonly<Record<string, LambdaFunction>>) {
    this.#functions = functions;
    // A connection that lies idle for longer than Node's five seconds, on a busy machine, would be ended under the next request.
    this.#server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => void this.#answer(request, response));
  }

  static async start(functions: Readonly<Record<string, LambdaFunction>>): Promise<LambdaServer> {
    const server = new LambdaServer(functions);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** For this process or a child: where clients of Lambda find it. */
  get env(): Readonly<Record<string, string>> {
    const { port } = this.#server.address() as AddressInfo;
    return { AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`, ...CREDENTIALS };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const fault = this.faults.shift();
    if (fault === 'cut before') return void request.socket.destroy();
    if (typeof fault === 'object') return refuse(response, fault.status, fault.type, fault.message);
    const { url = '', method = '' } = request;
    const refusal = this.policy && refusalOf({ method, url, target: undefined, body: '' }, 'TaskRole', this.policy);
    if (refusal !== undefined) return void response.writeHead(refusal.status, refusal.headers).end(refusal.body);
    const { pathname, searchParams } = new URL(url, 'http://lambda');
    const [, name = ''] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(pathname) ?? [];
    const found = this.#functions[decodeURIComponent(name).split(':').at(-1) ?? ''];
    const qualifier = searchParams.get('Qualifier');
    if (found === undefined || (qualifier !== null && !found.qualifiers?.includes(qualifier))) {
      return refuse(response, 404, 'ResourceNotFoundException', `Function not found: ${name}`);
    }
    if (request.headers['x-amz-invocation-type'] === 'DryRun') return void response.writeHead(204).end();
    if (body.length >= LIMIT_BYTES) {
      return refuse(response, 413, 'RequestTooLargeException', `Request must be smaller than ${LIMIT_BYTES} bytes`);
    }
    const event = JSON.parse(body.toString());
    this.invocations.push({ path: url, bytes: body.length, offsets: offsetsOf(event), event });
    const { payload, error } = await this.#process(name, found).invoke(event);
    this.answers.push(payload);
    if (fault === 'cut after') return void request.socket.destroy();
    const isTooLarge = Buffer.byteLength(payload) > LIMIT_BYTES;
    const said = isTooLarge ? TOO_LARGE_ANSWER : payload;
    response.writeHead(200, error || isTooLarge ? { 'x-amz-function-error': 'Unhandled' } : {}).end(said);
  }

  #process(name: string, { handler, env = {}, timeoutSeconds = 30 }: LambdaFunction): FunctionProcess {
    const running =
      this.#processes.get(name) ??
      new FunctionProcess({ folder: HANDLERS, handler: `${handler}.handler`, name, memorySize: 128, timeoutSeconds, env });
    this.#processes.set(name, running);
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await Promise.all([...this.#processes.values()].map((running) => running.stop()));
  }
}

const TOO_LARGE_ANSWER = JSON.stringify({
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${LIMIT_BYTES} bytes).`,
});

const refuse = (response: ServerResponse, status: number, type: string, message = type): void =>
  void response
    .writeHead(status, { 'x-amzn-errortype': type, 'content-type': 'application/json' })
    .end(JSON.stringify({ Type: 'User', Message: message, message }));

function offsetsOf({ records = {} }: { records?: Record<string, ReadonlyArray<{ offset: number }>> }): number[] {
  return Object.values(records).flatMap((queue) => queue.map(({ offset }) => offset));
}

/** Sets variables of this process, and of children that it starts, until it is disposed of. */
export function useEnvironment(variables: Readonly<Record<string, string>>): Disposable {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return {
    [Symbol.dispose]() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    },
  };
}
