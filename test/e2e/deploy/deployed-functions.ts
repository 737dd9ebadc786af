import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Moto } from '../../support/moto.ts';
import type { Answer, Intercept } from './forwarder.ts';
import { FunctionProcess } from './function-process.ts';

/** Runs the functions of a stack that is deployed to moto from the very artefact that was uploaded; moto itself would need docker. */
export class DeployedFunctions {
  readonly #moto: Moto;
  readonly #client: LambdaClient;
  readonly #env: () => Readonly<Record<string, string>>;
  readonly #processes = new Map<string, FunctionProcess>();
  readonly #folders: string[] = [];

  /** `env` adds to what the deployment sets, for addresses of servers that stand in for AWS. */
  constructor(moto: Moto, env: () => Readonly<Record<string, string>>) {
    this.#moto = moto;
    this.#client = new LambdaClient(moto.clientConfig);
    this.#env = env;
  }

  /** Answers Lambda's Invoke API. */
  readonly intercept: Intercept = async (url, body): Promise<Answer | undefined> => {
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url) ?? [];
    if (name === undefined) return undefined;
    const { payload, error } = await (await this.process(decodeURIComponent(name))).invoke(JSON.parse(body.toString()));
    return { status: 200, headers: error ? { 'x-amz-function-error': 'Unhandled' } : {}, body: payload };
  };

  /** The function's execution environment, a new one after each deployment. */
  async process(name: string): Promise<FunctionProcess> {
    const { Configuration: deployed, Code } = await this.#client.send(new GetFunctionCommand({ FunctionName: name }));
    const id = `${deployed?.FunctionArn}@${deployed?.CodeSha256}@${deployed?.LastModified}`;
    const running = this.#processes.get(id);
    if (running !== undefined) return running;
    const started = new FunctionProcess({
      folder: await this.#unpack(Code?.Location ?? ''),
      handler: deployed?.Handler ?? '',
      name: deployed?.FunctionName ?? '',
      memorySize: deployed?.MemorySize ?? 0,
      timeoutSeconds: deployed?.Timeout ?? 0,
      env: { ...this.#moto.env, ...deployed?.Environment?.Variables, ...this.#env() },
    });
    this.#processes.set(id, started);
    return started;
  }

  async #unpack(location: string): Promise<string> {
    // Outside of the project: nothing but the artefact may be found from there.
    const folder = await mkdtemp(path.join(tmpdir(), 'function-'));
    this.#folders.push(folder);
    const { pathname } = new URL(location);
    const zip = await fetch(new URL(pathname, this.#moto.url));
    await writeFile(path.join(folder, 'artefact.zip'), Buffer.from(await zip.arrayBuffer()));
    await promisify(execFile)('python3', ['-m', 'zipfile', '-e', 'artefact.zip', '.'], { cwd: folder });
    return folder;
  }

  async stop(): Promise<void> {
    this.#client.destroy();
    await Promise.all([...this.#processes.values()].map((running) => running.stop()));
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}
