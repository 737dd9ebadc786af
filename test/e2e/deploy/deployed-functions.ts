import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import type { Moto } from '../../support/moto.ts';
import type { Answer, Intercept } from './forwarder.ts';
import { FunctionProcess } from './function-process.ts';

type Environment = Readonly<Record<string, string>>;

/** Runs the functions of a stack that is deployed to moto from the very artefact that was uploaded; moto itself would need docker. */
export class DeployedFunctions {
  readonly #moto: Moto;
  readonly #client: LambdaClient;
  readonly #overrides: (deployed: Environment, name: string) => Environment;
  readonly #processes = new Map<string, Promise<FunctionProcess>>();
  readonly #started: FunctionProcess[] = [];
  /** Where each artefact is unpacked, by its place in the bucket. */
  readonly #folders = new Map<string, Promise<string>>();

  /** `overrides` adds to what the deployment sets, for addresses of servers that stand in for AWS. */
  constructor(moto: Moto, overrides: (deployed: Environment, name: string) => Environment) {
    this.#moto = moto;
    this.#client = new LambdaClient(moto.clientConfig);
    this.#overrides = overrides;
  }

  /** Answers Lambda's Invoke API. */
  readonly intercept: Intercept = async (url, body): Promise<Answer | undefined> => {
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url) ?? [];
    if (name === undefined) return undefined;
    const running = await this.process(decodeURIComponent(name));
    const { payload, error } = await running.invoke(JSON.parse(body.toString()));
    return { status: 200, headers: error ? { 'x-amz-function-error': 'Unhandled' } : {}, body: payload };
  };

  /** The execution environment that answers Lambda's Invoke API. */
  process(name: string): Promise<FunctionProcess> {
    const running = this.#processes.get(name) ?? this.start(name);
    this.#processes.set(name, running);
    return running;
  }

  /** A new execution environment, as for an invocation while all others are busy or after a deployment. */
  async start(name: string): Promise<FunctionProcess> {
    const { Configuration: deployed, Code } = await this.#client.send(new GetFunctionCommand({ FunctionName: name }));
    const env = deployed?.Environment?.Variables ?? {};
    const started = new FunctionProcess({
      folder: await this.#unpack(Code?.Location ?? ''),
      handler: deployed?.Handler ?? '',
      name,
      memorySize: deployed?.MemorySize ?? 0,
      timeoutSeconds: deployed?.Timeout ?? 0,
      env: { ...this.#moto.env, ...env, ...this.#overrides(env, name) },
    });
    this.#started.push(started);
    return started;
  }

  /** Before a deployment: what comes after it runs the new artefact. */
  retire(): void {
    this.#processes.clear();
  }

  #unpack(location: string): Promise<string> {
    const key = new URL(location).pathname.slice(1);
    const folder = this.#folders.get(key) ?? this.#unpackInto(mkdtemp(path.join(tmpdir(), 'function-')), key);
    this.#folders.set(key, folder);
    return folder;
  }

  async #unpackInto(made: Promise<string>, key: string): Promise<string> {
    // Outside of the project: nothing but the artefact may be found from there.
    const folder = await made;
    await writeFile(path.join(folder, 'artefact.zip'), await this.#download(key));
    await promisify(execFile)('python3', ['-m', 'zipfile', '-e', 'artefact.zip', '.'], { cwd: folder });
    return folder;
  }

  /** Moto's Lambda tells the key of an artefact, but not its bucket; a deployment has one. */
  async #download(Key: string): Promise<Uint8Array> {
    const client = new S3Client({ ...this.#moto.clientConfig, forcePathStyle: true });
    const { Buckets = [] } = await client.send(new ListBucketsCommand());
    const { Body } = await client.send(new GetObjectCommand({ Bucket: Buckets[0]?.Name, Key }));
    const bytes = await Body?.transformToByteArray();
    client.destroy();
    return bytes ?? new Uint8Array();
  }

  async stop(): Promise<void> {
    this.#client.destroy();
    await Promise.all(this.#started.map((running) => running.stop()));
    await Promise.all([...this.#folders.values()].map(async (folder) => rm(await folder, { recursive: true, force: true })));
  }
}
